"""Rules for a list of actions: nearcore's ``ActionsValidationError``, checked before anything is executed."""

from __future__ import annotations

from near_harness.outcome.failures.refusals import ActionsValidation


class DeleteActionMustBeFinal(ActionsValidation):
    """An account is deleted, and other actions follow."""


class TotalPrepaidGasExceeded(ActionsValidation):
    """The calls carry more gas than a transaction may."""

    hint = "attach less gas: the calls of one transaction carry 1000 Tgas together (300 before protocol 83)"


class TotalNumberOfActionsExceeded(ActionsValidation):
    """There are more actions than a transaction may have."""


class AddKeyMethodNamesNumberOfBytesExceeded(ActionsValidation):
    """The method names of a key are too long together."""


class AddKeyMethodNameLengthExceeded(ActionsValidation):
    """A method name of a key is too long."""


class IntegerOverflow(ActionsValidation):
    """The gas of all calls together does not fit into 64 bits."""


class InvalidAccountIdInAction(ActionsValidation):
    """An action names something that is no account id (nearcore: ``InvalidAccountId``)."""

    variant = "InvalidAccountId"


class ContractSizeExceeded(ActionsValidation):
    """The contract is larger than the protocol allows."""

    hint = "build with --release and opt-level z, and run wasm-opt -Oz"


class FunctionCallMethodNameLengthExceeded(ActionsValidation):
    """The name of the method is too long."""


class FunctionCallArgumentsLengthExceeded(ActionsValidation):
    """The arguments are too long."""


class UnsuitableStakingKey(ActionsValidation):
    """A validator cannot use this key."""


class FunctionCallZeroAttachedGas(ActionsValidation):
    """A call without gas."""


class DelegateActionMustBeOnlyOne(ActionsValidation):
    """A delegate action stands beside another one."""


class UnsupportedProtocolFeature(ActionsValidation):
    """The protocol version does not have this feature yet."""

    hint = "choose a newer one: --near-protocol, or near_protocol in the ini file"


class InvalidDeterministicStateInitReceiver(ActionsValidation):
    """The receiver is not the account that follows from the state."""


class DeterministicStateInitKeyLengthExceeded(ActionsValidation):
    """A key of the initial state is too long."""


class DeterministicStateInitValueLengthExceeded(ActionsValidation):
    """A value of the initial state is too long."""


class GasKeyInvalidNumNonces(ActionsValidation):
    """A gas key with no nonces, or with too many."""


class AddGasKeyWithNonZeroBalance(ActionsValidation):
    """A gas key must begin without a balance."""


class GasKeyFunctionCallAllowanceNotAllowed(ActionsValidation):
    """A gas key that may only call functions cannot have an allowance."""


class TotalNumberOfDeployActionsExceeded(ActionsValidation):
    """There are more deployments than one receipt may have."""


class FunctionCallEmptyMethodName(ActionsValidation):
    """A call of a method without a name."""


class InvalidUniversalStateInitReceiver(ActionsValidation):
    """The receiver is not the account that follows from the state."""


class UniversalStateInitKeyLengthExceeded(ActionsValidation):
    """A key of the initial state is too long."""


class UniversalStateInitValueLengthExceeded(ActionsValidation):
    """A value of the initial state is too long."""


class MalformedUniversalStateInit(ActionsValidation):
    """The initial state is not in its canonical form."""


class RemovedProtocolFeature(ActionsValidation):
    """The protocol version does not have this feature any more."""


class WithdrawFromGasKeyNotAllowedInDelegate(ActionsValidation):
    """A delegate action cannot withdraw from a gas key."""


class TotalNumberOfStateInitKeysExceeded(ActionsValidation):
    """The initial states have more access keys than allowed."""


class TotalNumberOfStateInitEntriesExceeded(ActionsValidation):
    """The initial states have more entries than allowed."""


class TransferToUniversalAccountNotAllowed(ActionsValidation):
    """Universal accounts cannot receive transfers yet."""
