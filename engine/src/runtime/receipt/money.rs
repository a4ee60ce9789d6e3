//! What a receipt gives back, and to whom its fees go: runtime_spec 2.4.

use near_parameters::ActionCosts;
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::types::{Balance, Gas, StateChangeCause};
use near_primitives::version::ProtocolFeature;

use crate::runtime::action::{ActionResult, plus, sum};
use crate::runtime::context::BlockContext;
use crate::runtime::fees::{
    price_of, total_deposit, total_prepaid_exec_fees, total_prepaid_gas, total_prepaid_send_fees,
};
use crate::runtime::rows;
use crate::state::Overlay;

/// Refunds, and what is left of the fees.
pub struct Money {
    pub receipts: Vec<Receipt>,
    pub burnt: Balance,
}

/// Gives back the deposit of a failed receipt, the gas that was not used, and what gas was bought too dear.
pub fn refunds(
    block: &BlockContext,
    receipt: &Receipt,
    action_receipt: &VersionedActionReceipt<'_>,
    result: &ActionResult,
    created: bool,
) -> Money {
    let config = &block.config;
    let actions = action_receipt.actions();
    let bought_at = action_receipt.gas_price();
    let burnt_at = burn_price(block, bought_at);
    let exec =
        total_prepaid_exec_fees(config, actions, receipt.receiver_id()).expect("paid before");
    let send = total_prepaid_send_fees(config, actions).expect("paid before");
    let receipt_fee = config.fees.fee(ActionCosts::new_action_receipt).exec_fee();
    let attached = total_prepaid_gas(actions).expect("paid before");
    let prepaid = sum(sum(attached, send.gas), sum(exec.gas, receipt_fee.gas));
    let taken = if result.result.is_ok() { result.gas_used } else { result.gas_burnt };
    let gross = prepaid.checked_sub(taken).expect("no more gas is used than was prepaid");
    let penalty = config.fees.gas_penalty_for_gas_refund(gross);
    let net = gross.checked_sub(penalty).expect("a part of it");

    let surplus = match bought_at.checked_sub(burnt_at) {
        Some(difference) => price_of(result.gas_burnt, difference).expect("paid before"),
        None => Balance::ZERO,
    };
    let charge =
        if created { creation_charge(block, burnt_at).min(surplus) } else { Balance::ZERO };
    let gas_refund = plus(price_of(net, bought_at).expect("paid before"), surplus)
        .checked_sub(charge)
        .expect("the charge is a part of the surplus");
    let deposit_refund = if result.result.is_ok() {
        Balance::ZERO
    } else {
        total_deposit(actions).expect("paid before")
    };
    let mut receipts = Vec::new();
    if deposit_refund > Balance::ZERO {
        let to = receipt.balance_refund_receiver();
        receipts.push(Receipt::new_balance_refund(to, deposit_refund));
    }
    if gas_refund > Balance::ZERO {
        receipts.push(Receipt::new_gas_refund(
            action_receipt.signer_id(),
            gas_refund,
            action_receipt.signer_public_key().clone(),
        ));
    }
    let fees = price_of(result.gas_burnt, burnt_at).expect("paid before");
    let penalty = price_of(penalty, bought_at).expect("paid before");
    Money { receipts, burnt: plus(plus(fees, penalty), charge) }
}

/// Gas is burnt at the block's price, but never dearer than it was bought; before 85 at the price it was bought at, as
/// a surplus was burnt and a deficit borne by the supply.
pub fn burn_price(block: &BlockContext, bought_at: Balance) -> Balance {
    if block.enabled(ProtocolFeature::AccountCostIncrease) {
        bought_at.min(block.gas_price)
    } else {
        bought_at
    }
}

/// What creating an account costs beyond its gas.
fn creation_charge(block: &BlockContext, burnt_at: Balance) -> Balance {
    if !block.enabled(ProtocolFeature::AccountCostIncrease) {
        return Balance::ZERO;
    }
    let gas = block.config.fees.fee(ActionCosts::create_account).exec_fee().gas;
    let paid = price_of(gas, burnt_at).expect("fits");
    block.config.account_creation_charge.saturating_sub(paid)
}

/// The part of the burnt gas that the contract's account earns, whether the call succeeded or not.
pub fn contract_reward(
    block: &BlockContext,
    action_receipt: &VersionedActionReceipt<'_>,
    result: &ActionResult,
) -> Balance {
    let share = block.config.fees.burnt_gas_reward;
    let gas = u128::from(result.gas_burnt_for_function_call.as_gas())
        * u128::from(*share.numer() as u64)
        / u128::from(*share.denom() as u64);
    let gas = Gas::from_gas(u64::try_from(gas).expect("a share of it"));
    let price = if block.enabled(ProtocolFeature::AccountCostIncrease) {
        burn_price(block, action_receipt.gas_price())
    } else {
        block.gas_price
    };
    price_of(gas, price).expect("paid before")
}

/// Pays the reward into the account, if it is there. Returns what was paid.
pub fn pay_reward(state: &mut Overlay, receipt: &Receipt, reward: Balance) -> Balance {
    if reward == Balance::ZERO {
        return reward;
    }
    let account_id = receipt.receiver_id();
    let Some(mut account) = rows::account(state, account_id) else {
        return Balance::ZERO;
    };
    account.set_amount(plus(account.amount(), reward));
    rows::set_account(state, account_id, &account);
    state.commit(StateChangeCause::ActionReceiptGasReward { receipt_hash: receipt.get_hash() });
    reward
}
