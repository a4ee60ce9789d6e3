//! The receipts that a running contract has asked for: runtime_spec 2.4.

use near_primitives::hash::CryptoHash;
use near_primitives::receipt::DataReceiver;
use near_primitives::transaction::Action;
use near_primitives::types::{AccountId, Gas};

/// An action receipt in the making.
pub struct NewReceipt {
    pub receiver_id: AccountId,
    pub refund_to: Option<AccountId>,
    pub output_data_receivers: Vec<DataReceiver>,
    pub input_data_ids: Vec<CryptoHash>,
    pub actions: Vec<Action>,
    pub is_yield: bool,
}

/// All of them, in the order of their creation, which is the order of their ids.
#[derive(Default)]
pub struct NewReceipts {
    pub actions: Vec<NewReceipt>,
    /// Data for yields, this receipt's own or older ones.
    pub resumes: Vec<(CryptoHash, Vec<u8>)>,
    /// Function calls that share unused gas: receipt, action, weight.
    weights: Vec<(usize, usize, u64)>,
}

impl NewReceipts {
    /// A receipt that waits for `dependencies`, each of which sends it one of `data_ids`.
    pub fn create(
        &mut self,
        receiver_id: AccountId,
        dependencies: &[u64],
        data_ids: Vec<CryptoHash>,
    ) -> u64 {
        for (index, data_id) in dependencies.iter().zip(&data_ids) {
            self.actions[*index as usize]
                .output_data_receivers
                .push(DataReceiver { data_id: *data_id, receiver_id: receiver_id.clone() });
        }
        self.push(receiver_id, data_ids, false)
    }

    /// A receipt that waits until somebody resumes it with data.
    pub fn create_yield(&mut self, receiver_id: AccountId, data_id: CryptoHash) -> u64 {
        self.push(receiver_id, vec![data_id], true)
    }

    fn push(&mut self, receiver_id: AccountId, input: Vec<CryptoHash>, is_yield: bool) -> u64 {
        self.actions.push(NewReceipt {
            receiver_id,
            refund_to: None,
            output_data_receivers: Vec::new(),
            input_data_ids: input,
            actions: Vec::new(),
            is_yield,
        });
        self.actions.len() as u64 - 1
    }

    /// Appends an action; returns its place in the receipt.
    pub fn append(&mut self, receipt: u64, action: Action) -> usize {
        let actions = &mut self.actions[receipt as usize].actions;
        actions.push(action);
        actions.len() - 1
    }

    /// Appends a function call that takes part in the distribution of unused gas.
    pub fn append_weighted(&mut self, receipt: u64, action: Action, weight: u64) {
        let index = self.append(receipt, action);
        if weight > 0 {
            self.weights.push((receipt as usize, index, weight));
        }
    }

    /// Gives `unused` gas to the weighted calls, the remainder to the last of them. Returns what was given.
    pub fn distribute(&mut self, unused: Gas) -> Gas {
        let sum: u128 = self.weights.iter().map(|(_, _, weight)| u128::from(*weight)).sum();
        if sum == 0 || unused == Gas::ZERO {
            return Gas::ZERO;
        }
        let mut given = 0;
        let last = self.weights.len() - 1;
        for (i, (receipt, index, weight)) in self.weights.iter().enumerate() {
            let share = if i == last {
                unused.as_gas() - given
            } else {
                (u128::from(unused.as_gas()) * u128::from(*weight) / sum) as u64
            };
            given += share;
            let Action::FunctionCall(call) = &mut self.actions[*receipt].actions[*index] else {
                unreachable!("only function calls have a weight")
            };
            call.gas = call.gas.checked_add(Gas::from_gas(share)).expect("within the prepaid gas");
        }
        unused
    }
}
