//! The state changes after the call.

use crate::{Vault, VaultExt};
use near_sdk::{env, is_promise_success, near, AccountId, NearToken, Promise};

#[near]
impl Vault {
    /// Pays an amount of the caller's balance. WRONG ON PURPOSE: checks the balance and leaves it as it is until the
    /// callback `on_withdrawn`; a second withdrawal meanwhile is checked against the same balance.
    pub fn withdraw(&mut self, amount: NearToken) -> Promise {
        let user = env::predecessor_account_id();
        self.balances.require_balance(&user, amount);
        Promise::new(user.clone())
            .transfer(amount)
            .then(Self::callback().on_withdrawn(user, amount))
    }

    /// Callback of `withdraw`: writes down what was paid. WRONG ON PURPOSE: what was paid beyond the balance is
    /// forgotten.
    #[private]
    pub fn on_withdrawn(&mut self, user: AccountId, amount: NearToken) -> bool {
        let paid = is_promise_success();
        if paid {
            let left = self.balances.balance_of(&user).saturating_sub(amount);
            self.balances.set(&user, left);
        }
        paid
    }
}
