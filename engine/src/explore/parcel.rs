//! A receipt with its name.

use std::sync::Arc;

use near_primitives::account::AccountContract;
use near_primitives::action::Action;
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::types::AccountId;

use crate::runtime::rows;
use crate::state::Overlay;

/// What a receipt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It calls a contract.
    Call,
    /// It only brings money.
    Transfer,
    /// Other actions.
    Actions,
    /// The protocol gives money back.
    Refund,
    /// The result of a receipt, for one that waits.
    Data,
    /// It ends a yield with data, or without.
    Resume,
    /// It spreads a global contract.
    Distribution,
}

/// A receipt that was made in a world.
pub struct Parcel {
    /// Where it stands in the tree of its transaction: the same in every order.
    pub name: Arc<str>,
    pub receipt: Arc<Receipt>,
    pub kind: Kind,
    /// It only adds to the balance of an account without a contract: it commutes with everything.
    pub free: bool,
}

impl Kind {
    pub fn of(receipt: &Receipt) -> Kind {
        match receipt.versioned_receipt() {
            VersionedReceiptEnum::Data(_) => Kind::Data,
            VersionedReceiptEnum::PromiseResume(_) => Kind::Resume,
            VersionedReceiptEnum::GlobalContractDistribution(_) => Kind::Distribution,
            VersionedReceiptEnum::Action(_) if receipt.predecessor_id().is_system() => Kind::Refund,
            VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
                let actions = action.actions();
                if actions.iter().any(|action| matches!(action, Action::FunctionCall(_))) {
                    Kind::Call
                } else if actions.iter().all(|action| matches!(action, Action::Transfer(_))) {
                    Kind::Transfer
                } else {
                    Kind::Actions
                }
            }
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Call => "call",
            Kind::Transfer => "transfer",
            Kind::Actions => "actions",
            Kind::Refund => "refund",
            Kind::Data => "data",
            Kind::Resume => "resume",
            Kind::Distribution => "distribution",
        }
    }
}

impl Parcel {
    pub fn receiver(&self) -> &AccountId {
        self.receipt.receiver_id()
    }

    /// The methods that it calls.
    pub fn methods(&self) -> Vec<String> {
        actions(&self.receipt)
            .iter()
            .filter_map(|action| match action {
                Action::FunctionCall(call) => Some(call.method_name.clone()),
                _ => None,
            })
            .collect()
    }

    /// Yocto that it brings.
    pub fn deposit(&self) -> u128 {
        deposit(&self.receipt)
    }
}

pub fn deposit(receipt: &Receipt) -> u128 {
    let total = crate::runtime::total_deposit(&actions(receipt));
    total.map_or(0, |total| total.as_yoctonear())
}

/// The actions of a receipt that has any.
pub fn actions(receipt: &Receipt) -> Vec<Action> {
    match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
            action.actions().to_vec()
        }
        _ => Vec::new(),
    }
}

/// What runs at once when it is sent: refunds, which only add to a balance, before anything can look; and receipts that
/// wait for data, which are only laid down.
pub fn follows(state: &Overlay, receipt: &Receipt) -> bool {
    match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) => {
            receipt.predecessor_id().is_system()
                || action.input_data_ids().iter().any(|data_id| {
                    !state.contains(&near_primitives::trie_key::TrieKey::ReceivedData {
                        receiver_id: receipt.receiver_id().clone(),
                        data_id: *data_id,
                    })
                })
        }
        VersionedReceiptEnum::GlobalContractDistribution(_) => true,
        _ => false,
    }
}

/// Whether an account exists and has no contract.
pub fn is_plain(state: &Overlay, account_id: &AccountId) -> bool {
    rows::account(state, account_id)
        .is_some_and(|account| matches!(*account.contract(), AccountContract::None))
}
