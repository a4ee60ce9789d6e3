"""Actions, what a transaction is made of: ``await alice.send(receiver, [create_account(), transfer("1 NEAR")])``."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, Literal

from py_near import transactions as py_near_actions
from py_near_primitives import (
    AddKeyAction,
    CreateAccountAction,
    DeleteAccountAction,
    DeleteKeyAction,
    DeployContractAction,
    DeployGlobalContractAction,
    FunctionCallAction,
    SignedDelegateAction,
    StakeAction,
    TransferAction,
    UseGlobalContractAction,
)

from near_harness.account_ids import account_id_of
from near_harness.contract.arguments import Arguments, encode_arguments
from near_harness.errors import BadInput
from near_harness.keys import KeyPair, hash_bytes, public_key_bytes
from near_harness.not_yet import take
from near_harness.units import Amount, AmountLike, GasLike, TGas, to_amount, to_gas

Actions = Sequence[Any]
GlobalBy = Literal["hash", "account"]
_KINDS = (
    AddKeyAction, CreateAccountAction, DeleteAccountAction, DeleteKeyAction, DeployContractAction, DeployGlobalContractAction,
    FunctionCallAction, SignedDelegateAction, StakeAction, TransferAction, UseGlobalContractAction,
)  # fmt: skip
DEFAULT_GAS = TGas(100)
MAX_GAS = TGas(1000)
"""``max_total_prepaid_gas`` since protocol 83 (300 Tgas before it)."""


def checked(actions: object) -> list[Any]:
    """Return the actions of a transaction as a list, where each is one.

    :raises BadInput: for anything else; the text says what it may have been meant for.
    """
    if isinstance(actions, (str, bytes)) or not isinstance(actions, Iterable):
        raise BadInput(f"{actions!r} is no list of actions: [transfer('1 NEAR'), …], made by near_harness.transactions")
    found = list(actions)
    for action in found:
        if not isinstance(action, _KINDS):
            raise BadInput(f"{action!r} is no action, such as near_harness.transactions.transfer('1 NEAR'){_meant(action)}")
    return found


def _meant(action: object) -> str:
    from near_harness.transactions import Call, View  # noqa: PLC0415 - calls are made of actions

    take(action)
    if isinstance(action, View):
        return "; a view only reads, and is awaited by itself"
    if isinstance(action, Call):
        return "; a call goes into a batch: alice.batch(contract, contract.method(…))"
    return "; this one may want an await" if isinstance(action, Awaitable) else ""


def create_account() -> Any:
    """Create the receiver; only its parent may (``b`` creates ``a.b``)."""
    return py_near_actions.create_create_account_action()


def transfer(amount: AmountLike) -> Any:
    """Send yoctoNEAR to the receiver."""
    return py_near_actions.create_transfer_action(int(to_amount(amount)))


def add_full_access_key(public_key: str | KeyPair) -> Any:
    """Add a key that may do anything.

    :raises BadInput: for a text that is no ed25519 key.
    """
    return py_near_actions.create_full_access_key_action(public_key_bytes(public_key))


def deploy(code: bytes) -> Any:
    """Put a contract on the receiver, which must be the signer, or created in the same transaction.

    :raises BadInput: where the code is not given as bytes.
    """
    return py_near_actions.create_deploy_contract_action(_code(code))


def _code(code: object) -> bytes:
    if not isinstance(code, bytes):
        raise BadInput(f"{code!r}: the code of a contract is given as bytes, Path('contract.wasm').read_bytes()")
    return code


def deploy_global(code: bytes, *, by: GlobalBy = "hash") -> Any:
    """Publish a contract for all accounts of the chain. The receiver pays, 10**20 yoctoNEAR a byte, which are burnt.

    ``by="hash"``: others use it by the hash of its code, which never changes. ``by="account"``: they use it by the account's id,
    and get what that account publishes later as well. It reaches the other accounts a block later.

    :raises BadInput: for another ``by``, and code that is not given as bytes.
    """
    if by not in ("hash", "account"):
        raise BadInput(f"a global contract is used by its 'hash' or by its 'account', not by {by!r}")
    return py_near_actions.create_deploy_global_contract_action(_code(code), use_account_id=by == "account")


def use_global(contract: object) -> Any:
    """Let the receiver, who must be the signer, run a global contract: an account (or its id), or the code's hash.

    A hash is 32 bytes, or their base58, as the JSON-RPC writes it.

    It costs the account the storage of the reference, not of the code.

    :raises BadInput: for bytes that are no hash.
    """
    if isinstance(contract, bytes):
        if len(contract) != 32:
            raise BadInput(f"the hash of a global contract has 32 bytes, not {len(contract)}: hashlib.sha256(code).digest()")
        return py_near_actions.create_use_global_contract_action_by_code_hash(contract)
    if isinstance(contract, str) and (code_hash := hash_bytes(contract)) is not None:
        return py_near_actions.create_use_global_contract_action_by_code_hash(code_hash)
    return py_near_actions.create_use_global_contract_action_by_account_id(account_id_of(contract))


def add_function_call_key(
    public_key: str | KeyPair, receiver: object, methods: Sequence[str] = (), *, allowance: AmountLike | None = None
) -> Any:
    """Add a key that may only call ``methods`` (all, where none is named) of one contract, without deposits.

    ``allowance`` is what it may spend on gas altogether, in yoctoNEAR; None sets no bound.

    :raises BadInput: for a text that is no ed25519 key, an account id or an amount that is none, and one name instead of a list.
    """
    if not isinstance(methods, (list, tuple)) or not all(isinstance(method, str) and method for method in methods):
        raise BadInput(f"methods={methods!r}: a list of the methods' names is wanted, such as ['deposit']")
    most = None if allowance is None else int(to_amount(allowance))
    key = public_key_bytes(public_key)
    return py_near_actions.create_function_call_access_key_action(key, most, account_id_of(receiver), list(methods))


def delete_key(public_key: str | KeyPair) -> Any:
    """Delete an access key of the receiver, which must be the signer.

    :raises BadInput: for a text that is no ed25519 key.
    """
    return py_near_actions.create_delete_access_key_action(public_key_bytes(public_key))


def stake(amount: AmountLike, public_key: str | KeyPair) -> Any:
    """Lock yoctoNEAR as a validator's stake; zero unlocks it after some epochs.

    :raises BadInput: for a text that is no ed25519 key.
    """
    return py_near_actions.create_staking_action(int(to_amount(amount)), public_key_bytes(public_key))


def delete_account(beneficiary: object) -> Any:
    """Delete the receiver and send what it has to another account (or to an id).

    :raises InvalidAccountId: for a beneficiary that is none.
    """
    return DeleteAccountAction(account_id_of(beneficiary))


def function_call(method: str, args: Arguments = None, *, deposit: AmountLike = Amount(0), gas: GasLike = DEFAULT_GAS) -> Any:
    """Call a method of the receiver, with yoctoNEAR and gas attached.

    :raises BadInput: for gas of zero or above what the protocol lets a transaction carry.
    """
    if not isinstance(method, str):
        raise BadInput(f"{method!r} is no name of a method: text is needed")
    attached = to_gas(gas)
    if not 0 < attached <= MAX_GAS:
        raise BadInput(f"{attached} for {method}: a transaction carries more than 0 and at most {MAX_GAS}")
    encoded = encode_arguments(args, method)
    return py_near_actions.create_function_call_action(method, encoded, int(attached), int(to_amount(deposit)))
