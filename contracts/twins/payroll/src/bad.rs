//! A silent failure.

use crate::{Payroll, PayrollExt};
use near_sdk::{near, AccountId, Promise};

#[near]
impl Payroll {
    /// Pays a worker all that is owed. WRONG ON PURPOSE: nobody reads the result of the transfer. When it fails the debt
    /// is gone, the money is not, and the transaction is a success.
    pub fn pay(&mut self, worker: AccountId) {
        let amount = self.strike_off(&worker);
        Promise::new(worker).transfer(amount).detach();
    }
}
