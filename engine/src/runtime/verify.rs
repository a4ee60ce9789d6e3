//! Whether a signed transaction may run on a state, and what it takes from the signer: runtime_spec 1.5, 1.6.

use near_parameters::RuntimeConfig;
use near_primitives::account::{AccessKey, AccessKeyPermission, Account, FunctionCallPermission};
use near_primitives::errors::{
    ActionErrorKind, DepositCostFailureReason, InvalidAccessKeyError, InvalidTxError,
};
use near_primitives::transaction::{Action, NonceMode, Transaction};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, Balance, BlockHeight, Gas, Nonce};

use super::fees::TransactionCost;
use super::rows;
use crate::state::Overlay;

/// An account with no more than this needs no balance for its storage.
const ZERO_BALANCE_ACCOUNT_BYTES: u64 = 770;

/// What the storage of an account lacks in tokens, if anything.
pub fn storage_stake_missing(
    account: &Account,
    amount: Balance,
    config: &RuntimeConfig,
) -> Option<Balance> {
    if account.storage_usage() <= ZERO_BALANCE_ACCOUNT_BYTES {
        return None;
    }
    let required = config
        .storage_amount_per_byte()
        .checked_mul(u128::from(account.storage_usage()))
        .expect("storage usage times price fits");
    let available = amount.checked_add(account.locked()).expect("balances fit");
    required.checked_sub(available).filter(|missing| *missing > Balance::ZERO)
}

/// The exclusive upper bound of nonces at a height.
pub fn nonce_bound(height: BlockHeight) -> Nonce {
    height * AccessKey::ACCESS_KEY_NONCE_RANGE_MULTIPLIER
}

/// The nonce that a key gets when it is added at a height.
pub fn initial_nonce(height: BlockHeight) -> Nonce {
    height.saturating_sub(1) * AccessKey::ACCESS_KEY_NONCE_RANGE_MULTIPLIER
}

/// How a transaction that passed leaves its signer.
pub enum Charged {
    /// The usual case: deposits, gas and all.
    Accepted,
    /// A gas key paid for the conversion, but the account cannot pay the deposits: nothing else happens.
    DepositFailed { error: InvalidTxError, gas_burnt: Gas, burnt_amount: Balance },
}

/// Verifies `tx` against the state and, when it passes, writes what it takes. The upper bound of the nonce is only
/// checked where the height is known.
pub fn verify_and_charge(
    config: &RuntimeConfig,
    state: &mut Overlay,
    tx: &Transaction,
    cost: &TransactionCost,
    height: Option<BlockHeight>,
) -> Result<Charged, InvalidTxError> {
    let signer_id = tx.signer_id();
    let public_key = tx.public_key();
    let account = rows::account(state, signer_id)
        .ok_or_else(|| InvalidTxError::SignerDoesNotExist { signer_id: signer_id.clone() })?;
    if !account.is_initialized() && tx.is_state_init_bootstrap() {
        return bootstrap(config, state, tx, account, cost, height);
    }
    let not_found = || {
        InvalidTxError::InvalidAccessKeyError(InvalidAccessKeyError::AccessKeyNotFound {
            account_id: signer_id.clone(),
            public_key: Box::new(public_key.clone()),
        })
    };
    let key = rows::access_key(state, signer_id, public_key).ok_or_else(not_found)?;
    match tx.nonce().nonce_index() {
        Some(index) => {
            // An ordinary key has none.
            let num_nonces = key.gas_key_info().map_or(0, |info| info.num_nonces);
            if index >= num_nonces {
                return Err(InvalidTxError::InvalidNonceIndex {
                    tx_nonce_index: Some(index),
                    num_nonces,
                });
            }
            charge_gas_key(config, state, tx, account, key, index, cost, height)
        }
        None => {
            if let Some(info) = key.gas_key_info() {
                return Err(InvalidTxError::InvalidNonceIndex {
                    tx_nonce_index: None,
                    num_nonces: info.num_nonces,
                });
            }
            charge_key(config, state, tx, account, key, cost, height)
        }
    }
}

fn check_nonce(
    tx: &Transaction,
    ak_nonce: Nonce,
    height: Option<BlockHeight>,
) -> Result<(), InvalidTxError> {
    let tx_nonce = tx.nonce().nonce();
    let fits = match tx.nonce_mode() {
        NonceMode::Monotonic => tx_nonce > ak_nonce,
        NonceMode::Strict => ak_nonce.checked_add(1) == Some(tx_nonce),
    };
    if !fits {
        return Err(InvalidTxError::InvalidNonce { tx_nonce, ak_nonce });
    }
    if let Some(upper_bound) = height.map(nonce_bound)
        && tx_nonce >= upper_bound
    {
        return Err(InvalidTxError::NonceTooLarge { tx_nonce, upper_bound });
    }
    Ok(())
}

fn charge_key(
    config: &RuntimeConfig,
    state: &mut Overlay,
    tx: &Transaction,
    mut account: Account,
    mut key: AccessKey,
    cost: &TransactionCost,
    height: Option<BlockHeight>,
) -> Result<Charged, InvalidTxError> {
    let signer_id = tx.signer_id();
    check_nonce(tx, key.nonce, height)?;
    let amount = pay(&account, signer_id, cost.total_cost)?;
    if let AccessKeyPermission::FunctionCall(FunctionCallPermission {
        allowance: Some(allowance),
        ..
    }) = &mut key.permission
    {
        *allowance = allowance.checked_sub(cost.total_cost).ok_or_else(|| {
            InvalidTxError::InvalidAccessKeyError(InvalidAccessKeyError::NotEnoughAllowance {
                account_id: signer_id.clone(),
                public_key: Box::new(tx.public_key().clone()),
                allowance: *allowance,
                cost: cost.total_cost,
            })
        })?;
    }
    if let Some(amount) = storage_stake_missing(&account, amount, config) {
        return Err(InvalidTxError::LackBalanceForState { signer_id: signer_id.clone(), amount });
    }
    if let Some(call) = key.permission.function_call_permission() {
        check_function_call(call, tx.actions(), tx.receiver_id())
            .map_err(InvalidTxError::InvalidAccessKeyError)?;
    }
    key.nonce = tx.nonce().nonce();
    account.set_amount(amount);
    rows::set_access_key(state, signer_id, tx.public_key(), &key);
    rows::set_account(state, signer_id, &account);
    Ok(Charged::Accepted)
}

#[allow(clippy::too_many_arguments)]
fn charge_gas_key(
    config: &RuntimeConfig,
    state: &mut Overlay,
    tx: &Transaction,
    mut account: Account,
    mut key: AccessKey,
    index: u16,
    cost: &TransactionCost,
    height: Option<BlockHeight>,
) -> Result<Charged, InvalidTxError> {
    let signer_id = tx.signer_id();
    let nonce_row = TrieKey::gas_key_nonce(signer_id.clone(), tx.public_key(), index);
    let ak_nonce: Nonce = state.get(&nonce_row).unwrap_or_default();
    check_nonce(tx, ak_nonce, height)?;
    let info = key.gas_key_info_mut().expect("the caller has seen a gas key");
    let balance = info.balance;
    let Some(left) = balance.checked_sub(cost.gas_cost) else {
        return Err(InvalidTxError::NotEnoughGasKeyBalance {
            signer_id: signer_id.clone(),
            balance,
            cost: cost.gas_cost,
        });
    };
    if let Some(call) = key.permission.function_call_permission() {
        check_function_call(call, tx.actions(), tx.receiver_id())
            .map_err(InvalidTxError::InvalidAccessKeyError)?;
    }
    let paid = account.amount().checked_sub(cost.deposit_cost);
    let failure = match paid {
        None => Some(DepositCostFailureReason::NotEnoughBalance),
        Some(amount) => storage_stake_missing(&account, amount, config)
            .map(|_| DepositCostFailureReason::LackBalanceForState),
    };
    let taken = match failure {
        None => left,
        // The conversion is paid all the same.
        Some(_) => balance.checked_sub(cost.burnt_amount).expect("less than the gas cost"),
    };
    key.gas_key_info_mut().expect("a gas key").balance = taken;
    state.set(nonce_row, &tx.nonce().nonce());
    rows::set_access_key(state, signer_id, tx.public_key(), &key);
    if let Some(reason) = failure {
        return Ok(Charged::DepositFailed {
            error: InvalidTxError::NotEnoughBalanceForDeposit {
                signer_id: signer_id.clone(),
                balance: account.amount(),
                cost: cost.deposit_cost,
                reason,
            },
            gas_burnt: cost.gas_burnt,
            burnt_amount: cost.burnt_amount,
        });
    }
    account.set_amount(paid.expect("no failure"));
    rows::set_account(state, signer_id, &account);
    Ok(Charged::Accepted)
}

/// The first transaction of a universal account that exists by a transfer only: its state init names the key.
fn bootstrap(
    config: &RuntimeConfig,
    state: &mut Overlay,
    tx: &Transaction,
    mut account: Account,
    cost: &TransactionCost,
    height: Option<BlockHeight>,
) -> Result<Charged, InvalidTxError> {
    let signer_id = tx.signer_id();
    let nonce = account.bootstrap_nonce().unwrap_or_default();
    check_nonce(tx, nonce, height)?;
    let amount = pay(&account, signer_id, cost.total_cost)?;
    if let Some(amount) = storage_stake_missing(&account, amount, config) {
        return Err(InvalidTxError::LackBalanceForState { signer_id: signer_id.clone(), amount });
    }
    account.set_amount(amount);
    account.set_bootstrap_nonce(tx.nonce().nonce()).expect("the account is uninitialised");
    rows::set_account(state, signer_id, &account);
    Ok(Charged::Accepted)
}

fn pay(account: &Account, signer_id: &AccountId, cost: Balance) -> Result<Balance, InvalidTxError> {
    let balance = account.amount();
    balance.checked_sub(cost).ok_or_else(|| InvalidTxError::NotEnoughBalance {
        signer_id: signer_id.clone(),
        balance,
        cost,
    })
}

/// What a function-call key lets through: one call, no deposit, to its contract, of its methods.
pub fn check_function_call(
    permission: &FunctionCallPermission,
    actions: &[Action],
    receiver_id: &AccountId,
) -> Result<(), InvalidAccessKeyError> {
    let [Action::FunctionCall(call)] = actions else {
        return Err(InvalidAccessKeyError::RequiresFullAccess);
    };
    if call.deposit > Balance::ZERO {
        return Err(InvalidAccessKeyError::DepositWithFunctionCall);
    }
    if receiver_id.as_str() != permission.receiver_id {
        return Err(InvalidAccessKeyError::ReceiverMismatch {
            tx_receiver: receiver_id.clone(),
            ak_receiver: permission.receiver_id.clone(),
        });
    }
    if !permission.method_names.is_empty() && !permission.method_names.contains(&call.method_name) {
        return Err(InvalidAccessKeyError::MethodNameMismatch {
            method_name: call.method_name.clone(),
        });
    }
    Ok(())
}

/// The storage check after a receipt, as its error.
pub fn storage_stake_error(
    account_id: &AccountId,
    account: &Account,
    config: &RuntimeConfig,
) -> Option<ActionErrorKind> {
    storage_stake_missing(account, account.amount(), config).map(|amount| {
        ActionErrorKind::LackBalanceForState { account_id: account_id.clone(), amount }
    })
}
