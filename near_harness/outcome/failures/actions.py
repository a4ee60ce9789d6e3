"""Actions that fail while a receipt is executed: nearcore's ``ActionErrorKind``, function calls left out.

The changes of the receipt are rolled back, and its deposit goes back to the predecessor (or to ``refund_to``).
"""

from __future__ import annotations

from near_harness.outcome.failures.base import TransactionFailed
from near_harness.outcome.failures.refusals import InvalidTransaction


class ActionFailed(TransactionFailed):
    """An action of a receipt failed: the receipt's changes are rolled back, and its deposit goes to its predecessor."""


class LackBalanceForState(ActionFailed, InvalidTransaction):
    """The account's balance would not cover its storage (10**19 yoctoNEAR a byte)."""

    hint = "give the account more NEAR, or store less: 1 NEAR holds 100 kB"


class AccountAlreadyExists(ActionFailed):
    """The account that should be created exists."""


class AccountDoesNotExist(ActionFailed):
    """The receiver of the receipt does not exist."""

    hint = "create it first; in a test: near.create_account(…) or near.deploy(…)"


class CreateAccountOnlyByRegistrar(ActionFailed):
    """Short names without a dot belong to the registrar."""


class CreateAccountNotAllowed(ActionFailed):
    """Only the account above may create an account: ``a.b`` is created by ``b``."""


class ActorNoPermission(ActionFailed):
    """The predecessor may not do this to the account; only the account itself may."""

    hint = "sign with the account itself; a contract can do it to its own account"


class DeleteKeyDoesNotExist(ActionFailed):
    """The account has no such key to delete."""


class AddKeyAlreadyExists(ActionFailed):
    """The account has this key already."""


class DeleteAccountStaking(ActionFailed):
    """An account that stakes cannot be deleted."""

    hint = "unstake first: stake(0), then wait until the stake is unlocked"


class TriesToUnstake(ActionFailed):
    """The account stakes nothing, so there is nothing to unstake."""


class TriesToStake(ActionFailed):
    """The account has less than it wants to stake."""


class InsufficientStake(ActionFailed):
    """The stake is below what a validator needs."""


class OnlyImplicitAccountCreationAllowed(ActionFailed):
    """Implicit accounts are created by a transfer, not by ``CreateAccount``."""


class DeleteAccountWithLargeState(ActionFailed):
    """An account with so much state cannot be deleted (10 kB)."""

    hint = "let the contract remove its state first"


class DelegateActionInvalidSignature(ActionFailed):
    """The signature does not fit the delegate action."""


class DelegateActionSenderDoesNotMatchTxReceiver(ActionFailed):
    """A delegate action must be sent to who signed it."""


class DelegateActionExpired(ActionFailed):
    """The delegate action was valid up to an earlier block."""


class DelegateActionAccessKeyError(ActionFailed):
    """The sender's key may not sign this delegate action; why is in ``path`` and ``fields``."""


class DelegateActionInvalidNonce(ActionFailed):
    """The nonce of the delegate action is not above the key's."""


class DelegateActionNonceTooLarge(ActionFailed):
    """The nonce of the delegate action is at or above the block height times one million."""


class DelegateActionInvalidNonceIndex(ActionFailed):
    """The nonce index of the delegate action is not one of the gas key."""


class GlobalContractDoesNotExist(ActionFailed):
    """There is no global contract of this hash or account."""


class GasKeyDoesNotExist(ActionFailed):
    """The account has no such gas key."""


class InsufficientGasKeyBalance(ActionFailed):
    """The gas key has less than should be withdrawn."""


class GasKeyBalanceTooHigh(ActionFailed):
    """The gas key has more than may be burnt with it."""

    hint = "withdraw from it first"


class TotalPromiseInputSizeExceeded(ActionFailed):
    """The results that the callback should read are too large together."""


class ReceiptStorageProofSizeExceeded(ActionFailed):
    """The receipt reads more state than one may."""

    hint = "read less in one call"


class MalformedUniversalStateInitInAction(ActionFailed):
    """The initial state is not in its canonical form (nearcore: ``MalformedUniversalStateInit``)."""

    variant = "MalformedUniversalStateInit"


class AccountNotInitialized(ActionFailed):
    """The receiver is a universal account that has no keys, code or data yet."""


class NewReceiptValidationError(ActionFailed):
    """A promise that the contract made breaks a rule; each rule is a subclass."""


class NewReceiptActionsInvalid(NewReceiptValidationError):
    """The actions of a promise break a rule (nearcore: ``ActionsValidation``); its name is in ``name``."""

    variant = "ActionsValidation"


class NewReceiptInvalidPredecessorId(NewReceiptValidationError):
    """The predecessor of a promise is no account id (nearcore: ``InvalidPredecessorId``)."""

    variant = "InvalidPredecessorId"


class NewReceiptInvalidReceiverId(NewReceiptValidationError):
    """The receiver of a promise is no account id (nearcore: ``InvalidReceiverId``)."""

    variant = "InvalidReceiverId"


class NewReceiptInvalidSignerId(NewReceiptValidationError):
    """The signer of a promise is no account id (nearcore: ``InvalidSignerId``)."""

    variant = "InvalidSignerId"


class NewReceiptInvalidDataReceiverId(NewReceiptValidationError):
    """Who should get the result is no account id (nearcore: ``InvalidDataReceiverId``)."""

    variant = "InvalidDataReceiverId"


class NewReceiptReturnedValueLengthExceeded(NewReceiptValidationError):
    """The result is too long (nearcore: ``ReturnedValueLengthExceeded``)."""

    variant = "ReturnedValueLengthExceeded"


class NewReceiptNumberInputDataDependenciesExceeded(NewReceiptValidationError):
    """A callback waits for too many results (nearcore: ``NumberInputDataDependenciesExceeded``)."""

    variant = "NumberInputDataDependenciesExceeded"


class NewReceiptReceiptSizeExceeded(NewReceiptValidationError):
    """The promise is larger than the protocol allows (nearcore: ``ReceiptSizeExceeded``)."""

    variant = "ReceiptSizeExceeded"


class NewReceiptInvalidRefundTo(NewReceiptValidationError):
    """The account that deposits should go back to is no account id (nearcore: ``InvalidRefundTo``)."""

    variant = "InvalidRefundTo"
