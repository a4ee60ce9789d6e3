//! The function-call action of a receipt: runs the method and turns what it asked for into receipts.

use near_primitives::action::FunctionCallAction;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{
    ActionReceiptV2, DataReceipt, PromiseYieldIndices, PromiseYieldTimeout, Receipt, ReceiptEnum,
    ReceiptV0,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::AccountId;

use super::action::{ActionResult, Execution, sum};
use super::function_call::{self, Call};
use super::new_receipts::{NewReceipt, NewReceipts};

impl Execution<'_> {
    pub fn function_call(
        &mut self,
        index: usize,
        action: &FunctionCallAction,
        result: &mut ActionResult,
    ) {
        let account_id = self.account_id().clone();
        let account = self.account.clone().expect("calls on missing accounts are refused before");
        let receipt = self.action_receipt;
        let last = index + 1 == receipt.actions().len();
        let output_data_receivers = if last {
            receipt.output_data_receivers().iter().map(|r| r.receiver_id.clone()).collect()
        } else {
            Vec::new()
        };
        let call = Call {
            account_id: &account_id,
            account: &account,
            predecessor_id: self.receipt.predecessor_id(),
            signer_id: receipt.signer_id(),
            signer_key: borsh::to_vec(receipt.signer_public_key()).expect("borsh of a key"),
            refund_to: self.receipt.balance_refund_receiver(),
            method: &action.method_name,
            args: &action.args,
            deposit: action.deposit,
            gas: action.gas,
            action_hash: self.action_hash(index),
            random_value: self.block.random_value,
            promise_results: self.promise_results.clone(),
            output_data_receivers,
            proof_before: self.proof_before,
            view: None,
        };
        let (outcome, new_receipts) = function_call::run(self.block, self.state, call)
            .unwrap_or_else(|error| panic!("the chain cannot go on: {error}"));

        // A failure gives back by what was burnt, so that counting what was used does no harm.
        result.gas_burnt = sum(result.gas_burnt, outcome.burnt_gas);
        result.gas_used = sum(result.gas_used, outcome.used_gas);
        result.gas_burnt_for_function_call =
            sum(result.gas_burnt_for_function_call, outcome.burnt_gas);
        result.compute += outcome.compute_usage;
        result.logs.extend(outcome.logs);
        result.profile.merge(&outcome.profile);
        if let Some(error) = outcome.aborted {
            return result.fail(function_call::action_error(error));
        }
        result.subsidised = outcome.subsidized_amount;
        let account = self.account_mut();
        account.set_amount(outcome.balance);
        account.set_storage_usage(outcome.storage_usage);
        result.result = Ok(outcome.return_data);
        result.new_receipts.extend(self.receipts_from(&account_id, new_receipts));
    }

    fn receipts_from(&mut self, account_id: &AccountId, new: NewReceipts) -> Vec<Receipt> {
        self.schedule_timeouts(account_id, &new.actions);
        let make = |receiver_id: AccountId, receipt| {
            Receipt::V0(ReceiptV0 {
                predecessor_id: account_id.clone(),
                receiver_id,
                // Set when the whole list of new receipts is known.
                receipt_id: CryptoHash::default(),
                receipt,
            })
        };
        let parent = self.action_receipt;
        let actions = new.actions.into_iter().map(|new| {
            let body = ActionReceiptV2 {
                signer_id: parent.signer_id().clone(),
                refund_to: new.refund_to,
                signer_public_key: parent.signer_public_key().clone(),
                gas_price: parent.gas_price(),
                output_data_receivers: new.output_data_receivers,
                input_data_ids: new.input_data_ids,
                actions: new.actions,
            };
            let body = if new.is_yield {
                ReceiptEnum::PromiseYieldV2(body)
            } else {
                ReceiptEnum::ActionV2(body)
            };
            make(new.receiver_id, body)
        });
        let resumes = new.resumes.into_iter().map(|(data_id, data)| {
            let body = DataReceipt { data_id, data: Some(data) };
            make(account_id.clone(), ReceiptEnum::PromiseResume(body))
        });
        actions.chain(resumes).collect()
    }

    /// Each yield enters the queue of time-outs.
    fn schedule_timeouts(&mut self, account_id: &AccountId, new: &[NewReceipt]) {
        if !new.iter().any(|receipt| receipt.is_yield) {
            return;
        }
        let limits = &self.block.config.wasm_config.limit_config;
        let expires_at = self.block.height + limits.yield_timeout_length_in_blocks;
        let mut indices: PromiseYieldIndices =
            self.state.get(&TrieKey::PromiseYieldIndices).unwrap_or_default();
        for receipt in new.iter().filter(|receipt| receipt.is_yield) {
            let timeout = PromiseYieldTimeout {
                account_id: account_id.clone(),
                data_id: receipt.input_data_ids[0],
                expires_at,
            };
            let index = indices.next_available_index;
            self.state.set(TrieKey::PromiseYieldTimeout { index }, &timeout);
            indices.next_available_index += 1;
        }
        self.state.set(TrieKey::PromiseYieldIndices, &indices);
    }
}
