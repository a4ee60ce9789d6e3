//! The state changes before the call.

use crate::{Vault, VaultExt};
use near_sdk::{env, is_promise_success, near, AccountId, NearToken, Promise};

#[near]
impl Vault {
    /// Pays an amount of the caller's balance, which goes down before the money leaves.
    pub fn withdraw(&mut self, amount: NearToken) -> Promise {
        let user = env::predecessor_account_id();
        self.balances.debit(&user, amount);
        Promise::new(user.clone())
            .transfer(amount)
            .then(Self::callback().on_withdrawn(user, amount))
    }

    /// Callback of `withdraw`: gives the balance back when the money could not be paid.
    #[private]
    pub fn on_withdrawn(&mut self, user: AccountId, amount: NearToken) -> bool {
        let paid = is_promise_success();
        if !paid {
            self.balances.credit(&user, amount);
        }
        paid
    }
}
