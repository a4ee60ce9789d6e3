//! A forwarder: it holds a credit for each user, and makes calls on their behalf whose receiver, method, value and gas
//! the user chooses.
//!
//! * bad: each of these parameters does harm. The value is checked against the credit and taken from it in the callback,
//!   so the callee, or a second call, can spend the same credit again. The gas is given to the callee and to the callback
//!   alike, so the user can choose one that is enough for the callee, and too little for the callback.
//! * good: takes the value from the credit before the call, and has the protocol return it to the user, not to the
//!   forwarder, when the call fails. There is no callback that could lack gas, and nothing to find for who calls back in.

use books::{attached, Books};
use near_sdk::{env, near, require, AccountId, NearToken};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

/// What each user may have forwarded. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct Forwarder {
    credit: Books,
}

#[near]
impl Forwarder {
    /// Adds the attached deposit to the caller's credit.
    #[payable]
    pub fn put(&mut self) {
        let (user, amount) = attached();
        self.credit.credit(&user, amount);
    }

    /// What an account may have forwarded.
    pub fn credit_of(&self, account: AccountId) -> NearToken {
        self.credit.balance_of(&account)
    }

    /// What all accounts together may have forwarded.
    pub fn total(&self) -> NearToken {
        self.credit.total()
    }
}

/// Panics when the forwarder is asked to call itself: it is its own private methods' only caller.
fn require_other(to: &AccountId) {
    require!(
        *to != env::current_account_id(),
        "the forwarder does not call itself"
    );
}
