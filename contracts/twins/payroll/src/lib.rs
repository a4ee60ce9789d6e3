//! A payroll: employers put in what they owe to workers, and anybody may have a worker paid.
//!
//! * bad: the debt is struck off, and nobody reads the result of the transfer. When the worker's account does not exist
//!   the money comes back to this contract, which owes it to nobody any more.
//! * good: the three ways to treat a failure, each on purpose: `pay` handles it, `pay_or_fail` raises it, `remind`
//!   ignores it, because nothing depends on it.

use books::{attached, Books};
use near_sdk::{near, AccountId, NearToken};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

/// What is owed to whom. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct Payroll {
    owed: Books,
}

#[near]
impl Payroll {
    /// Owes the attached deposit to a worker.
    #[payable]
    pub fn owe(&mut self, worker: AccountId) {
        let (_, amount) = attached();
        self.owed.credit(&worker, amount);
    }

    /// What is owed to a worker.
    pub fn owed_to(&self, worker: AccountId) -> NearToken {
        self.owed.balance_of(&worker)
    }

    /// What is owed to all workers together.
    pub fn total(&self) -> NearToken {
        self.owed.total()
    }
}

impl Payroll {
    /// Strikes off all that is owed to a worker, and returns it.
    fn strike_off(&mut self, worker: &AccountId) -> NearToken {
        let amount = self.owed.balance_of(worker);
        self.owed.debit(worker, amount);
        amount
    }
}
