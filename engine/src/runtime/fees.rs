//! What sending and executing actions costs in gas, and a transaction in tokens: runtime_spec 1.4.

use near_crypto::{KeyType, PublicKey};
use near_parameters::cost::{
    SignatureKind, gas_key_add_key_exec_fee, gas_key_add_key_send_fee, gas_key_transfer_exec_fee,
    gas_key_transfer_send_fee, transfer_exec_fee, transfer_send_fee,
    universal_state_init_content_terms, universal_state_init_size_terms,
};
use near_parameters::{ActionCosts, ParameterCost, RuntimeConfig, RuntimeFeesConfig};
use near_primitives::account::AccessKeyPermission;
use near_primitives::action::delegate::VersionedSignedDelegateActionRef;
use near_primitives::errors::IntegerOverflowError;
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::transaction::{Action, Transaction};
use near_primitives::types::{AccountId, Balance, Gas};
use near_primitives::universal_state_init::state_init_counts;

type Checked<T> = Result<T, IntegerOverflowError>;

/// What a transaction costs its signer, split as the receipts need it.
#[derive(Clone, Copy, Debug)]
pub struct TransactionCost {
    /// Burnt when the transaction becomes a receipt.
    pub gas_burnt: Gas,
    pub compute: u64,
    /// The price at which the remaining gas is bought.
    pub receipt_gas_price: Balance,
    pub burnt_amount: Balance,
    /// Burnt and remaining gas in tokens.
    pub gas_cost: Balance,
    pub deposit_cost: Balance,
    pub total_cost: Balance,
}

/// The delegate action inside `action`, of whichever version.
pub fn as_delegate(action: &Action) -> Option<VersionedSignedDelegateActionRef<'_>> {
    match action {
        Action::Delegate(signed) => Some((&**signed).into()),
        Action::DelegateV2(signed) => Some((&**signed).into()),
        _ => None,
    }
}

fn add(a: ParameterCost, b: ParameterCost) -> Checked<ParameterCost> {
    a.checked_add_result(b)
}

fn times(cost: ParameterCost, count: u64) -> Checked<ParameterCost> {
    cost.checked_mul_result(count)
}

/// A fee of either side: sending, with the sender being the receiver or not, or executing.
#[derive(Clone, Copy)]
enum Side {
    Send { sir: bool },
    Exec,
}

impl Side {
    fn fee(self, fees: &RuntimeFeesConfig, cost: ActionCosts) -> ParameterCost {
        match self {
            Side::Send { sir } => fees.fee(cost).send_fee(sir),
            Side::Exec => fees.fee(cost).exec_fee(),
        }
    }
}

/// The fee of one action that is not a delegate.
fn action_fee(
    config: &RuntimeConfig,
    action: &Action,
    receiver_id: &AccountId,
    side: Side,
) -> Checked<ParameterCost> {
    use ActionCosts::*;
    let fees = &*config.fees;
    let fee = |cost| side.fee(fees, cost);
    let base_and_bytes = |base, byte, len: usize| add(fee(base), times(fee(byte), len as u64)?);
    match action {
        Action::CreateAccount(_) => Ok(fee(create_account)),
        Action::DeployContract(a) => {
            base_and_bytes(deploy_contract_base, deploy_contract_byte, a.code.len())
        }
        Action::FunctionCall(a) => base_and_bytes(
            function_call_base,
            function_call_byte,
            a.method_name.len() + a.args.len(),
        ),
        Action::Transfer(_) => {
            let eth = config.wasm_config.eth_implicit_accounts;
            let universal = config.wasm_config.universal_accounts;
            let kind = receiver_id.get_account_type();
            Ok(match side {
                Side::Send { sir } => transfer_send_fee(fees, sir, eth, universal, kind),
                Side::Exec => transfer_exec_fee(fees, eth, universal, kind),
            })
        }
        Action::Stake(_) => Ok(fee(stake)),
        Action::AddKey(a) => {
            let permission = &a.access_key.permission;
            let mut total = match permission.function_call_permission() {
                None => fee(add_full_access_key),
                Some(call) => {
                    // Each name ends with a zero byte in what is charged.
                    let len = call.method_names.iter().map(|name| name.len() + 1).sum();
                    base_and_bytes(add_function_call_key_base, add_function_call_key_byte, len)?
                }
            };
            if let AccessKeyPermission::GasKeyFullAccess(info)
            | AccessKeyPermission::GasKeyFunctionCall(info, _) = permission
            {
                let extra = match side {
                    Side::Send { sir } => gas_key_add_key_send_fee(fees, sir),
                    Side::Exec => gas_key_add_key_exec_fee(
                        fees,
                        receiver_id.len(),
                        a.public_key.trie_id_len(),
                        info.num_nonces,
                    )
                    .total(),
                };
                total = add(total, extra)?;
            }
            Ok(total)
        }
        Action::DeleteKey(_) => Ok(fee(delete_key)),
        Action::DeleteAccount(_) => Ok(fee(delete_account)),
        Action::Delegate(_) | Action::DelegateV2(_) => Ok(fee(delegate)),
        Action::DeployGlobalContract(a) => {
            base_and_bytes(deploy_global_contract_base, deploy_global_contract_byte, a.code.len())
        }
        Action::UseGlobalContract(a) => base_and_bytes(
            use_global_contract_base,
            use_global_contract_byte,
            a.contract_identifier.len(),
        ),
        Action::DeterministicStateInit(a) => {
            let entries =
                times(fee(deterministic_state_init_entry), a.state_init.data().len() as u64)?;
            let bytes = times(fee(deterministic_state_init_byte), a.state_init.len_bytes() as u64)?;
            add(add(fee(deterministic_state_init_base), entries)?, bytes)
        }
        Action::UniversalStateInit(a) => {
            let counts = state_init_counts(&a.state_init);
            let terms = universal_state_init_size_terms(counts.num_bytes)
                .into_iter()
                .chain(universal_state_init_content_terms(counts));
            terms.into_iter().try_fold(ParameterCost::ZERO, |sum, (cost, count)| {
                add(sum, times(fee(cost), count)?)
            })
        }
        Action::TransferToGasKey(a) => Ok(match side {
            Side::Send { sir } => {
                gas_key_transfer_send_fee(fees, sir, a.public_key.trie_id_len()).total()
            }
            Side::Exec => {
                gas_key_transfer_exec_fee(fees, receiver_id.len(), a.public_key.trie_id_len())
                    .total()
            }
        }),
        Action::WithdrawFromGasKey(a) => Ok(match side {
            Side::Send { sir } => {
                gas_key_transfer_send_fee(fees, sir, a.public_key.trie_id_len()).total()
            }
            Side::Exec => {
                gas_key_transfer_exec_fee(fees, receiver_id.len(), a.public_key.trie_id_len())
                    .total()
            }
        }),
    }
}

/// Fees of sending `actions`; a delegate's inner actions count with the outer sender's relation to the receiver.
pub fn total_send_fees(
    config: &RuntimeConfig,
    sir: bool,
    actions: &[Action],
    receiver_id: &AccountId,
) -> Checked<ParameterCost> {
    actions.iter().try_fold(ParameterCost::ZERO, |sum, action| {
        let mut cost = action_fee(config, action, receiver_id, Side::Send { sir })?;
        if let Some(signed) = as_delegate(action) {
            let delegate = signed.delegate_action();
            let inner =
                total_send_fees(config, sir, &delegate.get_actions(), delegate.receiver_id())?;
            cost = add(cost, inner)?;
        }
        add(sum, cost)
    })
}

/// The fee of executing one action, the part that is burnt when its turn comes.
pub fn exec_fee(
    config: &RuntimeConfig,
    action: &Action,
    receiver_id: &AccountId,
) -> Checked<ParameterCost> {
    action_fee(config, action, receiver_id, Side::Exec)
}

/// Fees of executing `actions`, all of them prepaid: with those of the receipts that delegates make.
pub fn total_prepaid_exec_fees(
    config: &RuntimeConfig,
    actions: &[Action],
    receiver_id: &AccountId,
) -> Checked<ParameterCost> {
    actions.iter().try_fold(ParameterCost::ZERO, |sum, action| {
        let mut cost = exec_fee(config, action, receiver_id)?;
        if let Some(signed) = as_delegate(action) {
            let delegate = signed.delegate_action();
            let inner =
                total_prepaid_exec_fees(config, &delegate.get_actions(), delegate.receiver_id())?;
            let receipt = config.fees.fee(ActionCosts::new_action_receipt).exec_fee();
            cost = add(add(cost, inner)?, receipt)?;
        }
        add(sum, cost)
    })
}

/// Fees of sending what delegates hold, paid in advance by who carries them.
pub fn total_prepaid_send_fees(
    config: &RuntimeConfig,
    actions: &[Action],
) -> Checked<ParameterCost> {
    actions.iter().try_fold(ParameterCost::ZERO, |sum, action| {
        let Some(signed) = as_delegate(action) else {
            return Ok(sum);
        };
        let delegate = signed.delegate_action();
        let sir = delegate.sender_id() == delegate.receiver_id();
        add(sum, total_send_fees(config, sir, &delegate.get_actions(), delegate.receiver_id())?)
    })
}

/// Gas attached to function calls, inside delegates too.
pub fn total_prepaid_gas(actions: &[Action]) -> Checked<Gas> {
    actions.iter().try_fold(Gas::ZERO, |sum, action| {
        let gas = match as_delegate(action) {
            Some(signed) => total_prepaid_gas(&signed.delegate_action().get_actions())?,
            None => action.get_prepaid_gas(),
        };
        sum.checked_add_result(gas)
    })
}

/// Tokens attached to actions, inside delegates too.
pub fn total_deposit(actions: &[Action]) -> Checked<Balance> {
    actions.iter().try_fold(Balance::ZERO, |sum, action| {
        let deposit = match as_delegate(action) {
            Some(signed) => total_deposit(&signed.delegate_action().get_actions())?,
            None => action.get_deposit_balance(),
        };
        sum.checked_add(deposit).ok_or(IntegerOverflowError)
    })
}

/// `gas` at `price`.
pub fn price_of(gas: Gas, price: Balance) -> Checked<Balance> {
    price.checked_mul(u128::from(gas.as_gas())).ok_or(IntegerOverflowError)
}

fn signature_fee(fees: &RuntimeFeesConfig, key: &PublicKey) -> ParameterCost {
    fees.signature_verification_costs[match key.key_type() {
        KeyType::ED25519 => SignatureKind::Ed25519,
        KeyType::SECP256K1 => SignatureKind::Secp256k1,
        KeyType::MLDSA65 => SignatureKind::MlDsa65,
    }]
}

/// Verification of signatures that cost more than the classical ones: the signer's and each delegate's.
fn signature_fees(fees: &RuntimeFeesConfig, tx: &Transaction) -> Checked<ParameterCost> {
    tx.actions()
        .iter()
        .filter_map(as_delegate)
        .try_fold(signature_fee(fees, tx.public_key()), |sum, signed| {
            add(sum, signature_fee(fees, signed.delegate_action().public_key()))
        })
}

/// What `tx` costs when gas is burnt at `gas_price` (of the previous block).
pub fn transaction_cost(
    config: &RuntimeConfig,
    tx: &Transaction,
    gas_price: Balance,
) -> Checked<TransactionCost> {
    let fees = &*config.fees;
    let sir = tx.signer_id() == tx.receiver_id();
    let receipt_fee = fees.fee(ActionCosts::new_action_receipt);
    let burnt = add(
        add(
            receipt_fee.send_fee(sir),
            total_send_fees(config, sir, tx.actions(), tx.receiver_id())?,
        )?,
        signature_fees(fees, tx)?,
    )?;
    let gas_remaining = total_prepaid_gas(tx.actions())?
        .checked_add_result(total_prepaid_send_fees(config, tx.actions())?.gas)?
        .checked_add_result(receipt_fee.exec_fee().gas)?
        .checked_add_result(total_prepaid_exec_fees(config, tx.actions(), tx.receiver_id())?.gas)?;
    let receipt_gas_price = gas_price.max(config.min_gas_purchase_price);
    let burnt_amount = price_of(burnt.gas, gas_price)?;
    let gas_cost = burnt_amount
        .checked_add(price_of(gas_remaining, receipt_gas_price)?)
        .ok_or(IntegerOverflowError)?;
    let deposit_cost = total_deposit(tx.actions())?;
    let total_cost = gas_cost.checked_add(deposit_cost).ok_or(IntegerOverflowError)?;
    Ok(TransactionCost {
        gas_burnt: burnt.gas,
        compute: burnt.compute,
        receipt_gas_price,
        burnt_amount,
        gas_cost,
        deposit_cost,
        total_cost,
    })
}

/// Gas that a receipt stands for in the queue of delayed ones.
pub fn congestion_gas(config: &RuntimeConfig, receipt: &Receipt) -> Gas {
    match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
            let exec = total_prepaid_exec_fees(config, action.actions(), receipt.receiver_id())
                .expect("paid before");
            total_prepaid_gas(action.actions())
                .expect("paid before")
                .checked_add(exec.gas)
                .and_then(|gas| {
                    gas.checked_add(config.fees.fee(ActionCosts::new_action_receipt).exec_fee().gas)
                })
                .expect("paid before")
        }
        VersionedReceiptEnum::Data(_)
        | VersionedReceiptEnum::PromiseResume(_)
        | VersionedReceiptEnum::GlobalContractDistribution(_) => Gas::ZERO,
    }
}

/// Tokens that a receipt carries: deposits, and gas at the price it was bought.
pub fn receipt_value(config: &RuntimeConfig, receipt: &Receipt) -> Checked<Balance> {
    let action = match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => action,
        VersionedReceiptEnum::Data(_)
        | VersionedReceiptEnum::PromiseResume(_)
        | VersionedReceiptEnum::GlobalContractDistribution(_) => return Ok(Balance::ZERO),
    };
    let deposits = total_deposit(action.actions())?;
    if receipt.predecessor_id().is_system() {
        return Ok(deposits);
    }
    let gas = congestion_gas(config, receipt)
        .checked_add_result(total_prepaid_send_fees(config, action.actions())?.gas)?;
    deposits.checked_add(price_of(gas, action.gas_price())?).ok_or(IntegerOverflowError)
}
