//! Executing one action receipt from its inputs to its outcome: runtime_spec 2.3 to 2.6.

mod money;

use std::rc::Rc;
use std::sync::Arc;

use near_parameters::ActionCosts;
use near_primitives::account::AccountContract;
use near_primitives::errors::{ActionError, ActionErrorKind, TxExecutionError};
use near_primitives::hash::CryptoHash;
use near_primitives::profile_data_v3::ProfileDataV3;
use near_primitives::receipt::{
    DataReceipt, Receipt, ReceiptEnum, ReceiptV0, ReceivedData, VersionedActionReceipt,
};
use near_primitives::transaction::{
    ExecutionMetadata, ExecutionMetadataV4, ExecutionOutcome, ExecutionOutcomeWithId,
    ExecutionStatus,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{Balance, StateChangeCause};
use near_primitives::utils::create_receipt_id_from_receipt_id;
use near_primitives::version::ProtocolFeature;
use near_vm_runner::logic::types::{PromiseResult, ReturnData};

use super::action::{ActionResult, Execution, plus, sum};
use super::context::BlockContext;
use super::fees::total_deposit;
use super::rows;
use super::verify::storage_stake_error;
use crate::state::Overlay;
use money::{contract_reward, pay_reward, refunds};

/// What executing a receipt gave.
pub struct Executed {
    pub outcome: ExecutionOutcomeWithId,
    /// With their ids, in order of creation.
    pub new_receipts: Vec<Receipt>,
    pub proposals: Vec<near_primitives::types::validator_stake::ValidatorStake>,
    pub compute: u64,
    /// Taken out of the supply: fees and burnt tokens without the contract's reward, failed refunds.
    pub burnt: Balance,
    /// Brought into the supply.
    pub minted: Balance,
}

/// Executes an action receipt whose inputs are all there.
pub fn execute(
    block: &BlockContext,
    state: &mut Overlay,
    receipt: &Receipt,
    action_receipt: &VersionedActionReceipt<'_>,
) -> Executed {
    let promise_results = take_inputs(state, receipt, action_receipt);
    let account_id = receipt.receiver_id();
    let account = rows::account(state, account_id);
    // The path to the account is read before the receipt's own share of the proof begins.
    let proof_before = state.proof_size();
    let existed = account.is_some();
    let mut result = ActionResult::default();
    let fee = block.config.fees.fee(ActionCosts::new_action_receipt).exec_fee();
    result.burn(fee.gas, fee.compute);

    let mut execution = Execution {
        block,
        state,
        receipt,
        action_receipt,
        promise_results,
        proof_before,
        account,
        actor_id: receipt.predecessor_id().clone(),
    };
    for index in 0..action_receipt.actions().len() {
        let mut step = execution.action(index);
        if step.result.is_ok()
            && let Some(error) =
                step.new_receipts.iter().find_map(|new| block.rules().receipt(new).err())
        {
            step.fail(ActionErrorKind::NewReceiptValidationError(error));
        }
        if step.result.is_ok()
            && let Some(kind) = execution.proof_exceeded()
        {
            step.fail(kind);
        }
        merge(&mut result, step, index);
        if result.result.is_err() {
            break;
        }
    }
    let account = execution.account;
    let state = execution.state;
    if result.result.is_ok()
        && let Some(account) = &account
    {
        match storage_stake_error(account_id, account, &block.config) {
            Some(kind) => result.result = Err(ActionError { index: None, kind }),
            None => rows::set_account(state, account_id, account),
        }
    }
    let created = !existed && account.is_some() && result.result.is_ok();
    let receipt_hash = receipt.get_hash();
    match &result.result {
        Ok(_) => state.commit(StateChangeCause::ReceiptProcessing { receipt_hash }),
        Err(_) => {
            state.rollback();
            result.new_receipts.clear();
            result.proposals.clear();
            result.tokens_burnt = Balance::ZERO;
            result.subsidised = Balance::ZERO;
        }
    }
    finish(block, state, receipt, action_receipt, result, created)
}

/// Adds what one action did to what the receipt did before.
fn merge(total: &mut ActionResult, mut step: ActionResult, index: usize) {
    total.gas_burnt = sum(total.gas_burnt, step.gas_burnt);
    total.gas_used = sum(total.gas_used, step.gas_used);
    total.compute += step.compute;
    total.gas_burnt_for_function_call =
        sum(total.gas_burnt_for_function_call, step.gas_burnt_for_function_call);
    total.logs.append(&mut step.logs);
    total.profile.merge(&step.profile);
    total.contracts.append(&mut step.contracts);
    let before = total.new_receipts.len() as u64;
    total.result = match step.result {
        // Indices count within the action that made the receipts.
        Ok(ReturnData::ReceiptIndex(i)) => Ok(ReturnData::ReceiptIndex(before + i)),
        Ok(value) => Ok(value),
        Err(mut error) => {
            error.index = Some(index as u64);
            Err(error)
        }
    };
    total.new_receipts.append(&mut step.new_receipts);
    total.proposals.append(&mut step.proposals);
    total.burn_tokens(step.tokens_burnt);
    total.subsidised = plus(total.subsidised, step.subsidised);
}

/// The results that the receipt waited for, in its order. Their rows are gone whatever happens next.
fn take_inputs(
    state: &mut Overlay,
    receipt: &Receipt,
    action_receipt: &VersionedActionReceipt<'_>,
) -> Arc<[PromiseResult]> {
    let results = action_receipt
        .input_data_ids()
        .iter()
        .map(|data_id| {
            let row = TrieKey::ReceivedData {
                receiver_id: receipt.receiver_id().clone(),
                data_id: *data_id,
            };
            let data: ReceivedData = state.get(&row).expect("inputs are there before execution");
            state.remove(row);
            match data.data {
                Some(bytes) => PromiseResult::Successful(Rc::from(bytes)),
                None => PromiseResult::Failed,
            }
        })
        .collect();
    state.commit(StateChangeCause::ActionReceiptProcessingStarted {
        receipt_hash: receipt.get_hash(),
    });
    results
}

/// Money: refunds, charges, the contract's reward. Then data for whom it waits, ids, the outcome.
fn finish(
    block: &BlockContext,
    state: &mut Overlay,
    receipt: &Receipt,
    action_receipt: &VersionedActionReceipt<'_>,
    mut result: ActionResult,
    created: bool,
) -> Executed {
    let is_refund = receipt.predecessor_id().is_system();
    let failed = result.result.is_err();
    let mut tokens_burnt = result.tokens_burnt;
    let mut lost = Balance::ZERO;
    if is_refund {
        // Refunds cost nobody anything; one that cannot be delivered is burnt.
        if failed {
            lost = total_deposit(action_receipt.actions()).expect("below the supply");
        }
    } else {
        let money = refunds(block, receipt, action_receipt, &result, created);
        result.new_receipts.extend(money.receipts);
        tokens_burnt = plus(tokens_burnt, money.burnt);
    }
    let reward = contract_reward(block, action_receipt, &result);
    let paid = pay_reward(state, receipt, reward);

    send_data(receipt, action_receipt, &mut result);
    for (index, new) in result.new_receipts.iter_mut().enumerate() {
        new.set_receipt_id(create_receipt_id_from_receipt_id(
            receipt.receipt_id(),
            block.height,
            index,
        ));
    }
    let status = match result.result {
        Ok(ReturnData::ReceiptIndex(i)) => {
            ExecutionStatus::SuccessReceiptId(*result.new_receipts[i as usize].receipt_id())
        }
        Ok(ReturnData::Value(value)) => ExecutionStatus::SuccessValue(value),
        Ok(ReturnData::None) => ExecutionStatus::SuccessValue(Vec::new()),
        Err(error) => ExecutionStatus::Failure(TxExecutionError::ActionError(error)),
    };
    let profile = ProfileDataV3 {
        actions_profile: result.profile.actions_profile,
        wasm_ext_profile: result.profile.wasm_ext_profile,
        wasm_gas: result.profile.wasm_gas,
    };
    let metadata = if block.enabled(ProtocolFeature::ExecutionMetadataV4) {
        let mut contracts = result.contracts;
        contracts.resize(action_receipt.actions().len(), AccountContract::None);
        ExecutionMetadata::V4(Box::new(ExecutionMetadataV4 { profile, contracts }))
    } else {
        ExecutionMetadata::V3(Box::new(profile))
    };
    let outcome = ExecutionOutcomeWithId {
        id: *receipt.receipt_id(),
        outcome: ExecutionOutcome {
            logs: result.logs,
            receipt_ids: result
                .new_receipts
                .iter()
                .filter(|new| {
                    matches!(
                        new.receipt(),
                        ReceiptEnum::Action(_)
                            | ReceiptEnum::ActionV2(_)
                            | ReceiptEnum::PromiseYield(_)
                            | ReceiptEnum::PromiseYieldV2(_)
                    )
                })
                .map(|new| *new.receipt_id())
                .collect(),
            gas_burnt: result.gas_burnt,
            compute_usage: Some(result.compute),
            tokens_burnt,
            executor_id: receipt.receiver_id().clone(),
            status,
            metadata,
        },
    };
    Executed {
        outcome,
        new_receipts: result.new_receipts,
        proposals: result.proposals,
        compute: result.compute,
        burnt: plus(tokens_burnt, lost).checked_sub(paid).expect("the reward is part of the fees"),
        minted: result.subsidised,
    }
}

/// Sends the result to those who wait for it, or hands them on to the receipt that was returned.
fn send_data(
    receipt: &Receipt,
    action_receipt: &VersionedActionReceipt<'_>,
    result: &mut ActionResult,
) {
    let receivers = action_receipt.output_data_receivers();
    if receivers.is_empty() {
        return;
    }
    if let Ok(ReturnData::ReceiptIndex(i)) = result.result {
        let outputs = match result.new_receipts[i as usize].receipt_mut() {
            ReceiptEnum::Action(new) | ReceiptEnum::PromiseYield(new) => {
                &mut new.output_data_receivers
            }
            ReceiptEnum::ActionV2(new) | ReceiptEnum::PromiseYieldV2(new) => {
                &mut new.output_data_receivers
            }
            _ => unreachable!("contracts return action receipts only"),
        };
        outputs.extend(receivers.iter().cloned());
        return;
    }
    let data = match &result.result {
        Ok(ReturnData::Value(value)) => Some(value.clone()),
        Ok(_) => Some(Vec::new()),
        Err(_) => None,
    };
    result.new_receipts.extend(receivers.iter().map(|to| {
        Receipt::V0(ReceiptV0 {
            predecessor_id: receipt.receiver_id().clone(),
            receiver_id: to.receiver_id.clone(),
            receipt_id: CryptoHash::default(),
            receipt: ReceiptEnum::Data(DataReceipt { data_id: to.data_id, data: data.clone() }),
        })
    }));
}
