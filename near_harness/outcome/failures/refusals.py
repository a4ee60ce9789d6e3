"""Transactions that the protocol refuses: nearcore's ``InvalidTxError`` and what is inside it.

Nothing was executed and nothing was charged.
"""

from __future__ import annotations

from near_harness.outcome.failures.base import TransactionFailed


class InvalidTransaction(TransactionFailed):
    """The protocol refused the transaction: nothing was executed and nothing was charged."""


class InvalidSignerId(InvalidTransaction):
    """The signer's account is gone when the transaction's turn comes in a block, or its id is none."""


class SignerDoesNotExist(InvalidTransaction):
    """The signer's account does not exist."""

    hint = "create the account first, or fund it: an implicit account exists from its first transfer on"


class InvalidNonce(InvalidTransaction):
    """The nonce is not above the access key's nonce."""

    hint = "two programs sign with one key, or the chain was rolled back: read the key's nonce again"


class NonceTooLarge(InvalidTransaction):
    """The nonce is at or above the block height times one million."""


class InvalidReceiverId(InvalidTransaction):
    """The receiver is no account id."""


class InvalidSignature(InvalidTransaction):
    """The signature does not fit the transaction and the public key."""


class NotEnoughBalance(InvalidTransaction):
    """The signer cannot pay the deposits plus all attached gas at the purchase price."""

    hint = "give the signer more NEAR, or attach less gas or a smaller deposit (attached gas is paid in advance)"


class CostOverflow(InvalidTransaction):
    """What the transaction costs does not fit into 128 bits."""


class InvalidChain(InvalidTransaction):
    """The block that the transaction names is of a fork that was given up."""


class Expired(InvalidTransaction):
    """The transaction names a block that is too old (100 blocks on a sandbox chain), or not of this chain."""


class TransactionSizeExceeded(InvalidTransaction):
    """The transaction is larger than the protocol allows."""


class InvalidTransactionVersion(InvalidTransaction):
    """The transaction is of a version that this protocol version does not know."""


class StorageError(InvalidTransaction):
    """The node could not read its state."""


class ShardCongested(InvalidTransaction):
    """The shard of the receiver takes no transactions: too much waits there."""

    hint = "wait some blocks, and send it again"


class ShardStuck(InvalidTransaction):
    """The shard of the receiver has missed chunks and takes no transactions."""

    hint = "wait some blocks, and send it again"


class InvalidNonceIndex(InvalidTransaction):
    """The nonce index does not fit the key: a gas key needs one within its number, any other key none."""


class NotEnoughGasKeyBalance(InvalidTransaction):
    """The balance of the gas key does not cover the gas."""

    hint = "send NEAR to the gas key, or attach less gas"


class NotEnoughBalanceForDeposit(InvalidTransaction):
    """A gas key pays the gas, but its account cannot pay the deposit. Where it shows only in a block, the gas is charged."""


class InvalidAccessKey(InvalidTransaction):
    """The access key may not sign this transaction."""


class ActionsValidation(InvalidTransaction):
    """The list of actions breaks a rule; each rule is a subclass."""


class AccessKeyNotFound(InvalidAccessKey):
    """The signer's account has no such access key."""

    hint = "sign with a key of the account, or add this one first"


class ReceiverMismatch(InvalidAccessKey):
    """The key may call one contract only, and this is another."""


class MethodNameMismatch(InvalidAccessKey):
    """The key may not call this method."""


class RequiresFullAccess(InvalidAccessKey):
    """A key that may only call functions cannot sign this action."""

    hint = "sign with a full access key"


class NotEnoughAllowance(InvalidAccessKey):
    """The allowance of the key does not cover the gas."""

    hint = "add a key with a larger allowance"


class DepositWithFunctionCall(InvalidAccessKey):
    """A key that may only call functions cannot attach a deposit."""

    hint = "sign with a full access key, or attach nothing"


class DelegateActionRequiresNonGasKey(InvalidAccessKey):
    """This delegate action must be signed by a key that is no gas key."""


class DelegateActionRequiresGasKey(InvalidAccessKey):
    """This delegate action must be signed by a gas key."""
