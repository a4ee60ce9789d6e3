//! The balance is set after the money was sent.

use crate::{ext_payee, HoneyPot, HoneyPotExt, ON_MONEY_GAS};
use near_sdk::{env, is_promise_success, near, AccountId, NearToken, Promise};

#[near]
impl HoneyPot {
    /// Pays the caller's whole balance; with `tell` by a call of the caller's `on_money`. WRONG ON PURPOSE: the balance
    /// stays until the callback `on_paid`. Whoever calls `get` again before that is paid again.
    pub fn get(&mut self, tell: Option<bool>) -> Promise {
        let user = env::predecessor_account_id();
        let amount = self.balances.balance_of(&user);
        self.balances.require_balance(&user, amount);
        pay(user.clone(), amount, tell.unwrap_or(false)).then(Self::callback().on_paid(user))
    }

    /// Callback of `get`: sets the balance to nothing when the money was paid. WRONG ON PURPOSE: too late.
    #[private]
    pub fn on_paid(&mut self, user: AccountId) -> bool {
        let paid = is_promise_success();
        if paid {
            self.balances.set(&user, NearToken::from_near(0));
        }
        paid
    }
}

fn pay(user: AccountId, amount: NearToken, tell: bool) -> Promise {
    if tell {
        ext_payee::ext(user)
            .with_static_gas(ON_MONEY_GAS)
            .with_attached_deposit(amount)
            .on_money()
    } else {
        Promise::new(user).transfer(amount)
    }
}
