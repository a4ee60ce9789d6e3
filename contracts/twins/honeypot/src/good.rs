//! The balance is set before the money is sent.

use crate::{ext_payee, HoneyPot, HoneyPotExt, ON_MONEY_GAS};
use near_sdk::{env, is_promise_success, near, AccountId, NearToken, Promise};

#[near]
impl HoneyPot {
    /// Pays the caller's whole balance, which is nothing before the money leaves. With `tell` the caller's `on_money` is
    /// called when the money is there.
    pub fn get(&mut self, tell: Option<bool>) -> Promise {
        let user = env::predecessor_account_id();
        let amount = self.balances.balance_of(&user);
        self.balances.debit(&user, amount);
        Promise::new(user.clone())
            .transfer(amount)
            .then(Self::callback().on_paid(user, amount, tell.unwrap_or(false)))
    }

    /// Callback of `get`: gives the balance back when the money could not be paid. What comes of the call of `on_money`
    /// is the payee's affair: nothing here depends on it.
    #[private]
    pub fn on_paid(&mut self, user: AccountId, amount: NearToken, tell: bool) -> bool {
        let paid = is_promise_success();
        if !paid {
            self.balances.credit(&user, amount);
        } else if tell {
            ext_payee::ext(user)
                .with_static_gas(ON_MONEY_GAS)
                .on_money()
                .detach();
        }
        paid
    }
}
