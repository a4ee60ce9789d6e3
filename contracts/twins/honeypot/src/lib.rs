//! A honeypot: what you put in you can get out, all at once. Who is a contract may be told of the money by a call of its
//! method `on_money`, and that method may call back in.
//!
//! * bad: brings the money with the call, and sets the balance to nothing in the callback, after it has arrived. Whoever
//!   calls `get` again before that (from within `on_money`, or by a second transaction) is paid again, with the money of
//!   the others.
//! * good: sets the balance to nothing before the money leaves, sends it by a transfer, and calls `on_money` when it is
//!   there. A transfer that failed has left the money here, so the balance is set back. Of a call that failed one could
//!   not say that: a payee may keep the money and return a promise that fails.

use books::{attached, Books};
use near_sdk::{env, ext_contract, near, AccountId, Gas, NearToken};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

/// The least gas for `on_money`; what is left over comes on top.
const ON_MONEY_GAS: Gas = Gas::from_tgas(5);
const CALLBACK_GAS: Gas = Gas::from_tgas(15);

/// What the honeypot calls at a contract that wants to be told.
#[ext_contract(ext_payee)]
#[allow(dead_code)]
trait Payee {
    fn on_money(&mut self);
}

/// What is in the pot, and whose it is. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct HoneyPot {
    balances: Books,
}

#[near]
impl HoneyPot {
    /// Puts the attached deposit into the pot, for the account that calls.
    #[payable]
    pub fn put(&mut self) {
        let (user, amount) = attached();
        self.balances.credit(&user, amount);
    }

    /// What an account can get.
    pub fn balance_of(&self, account: AccountId) -> NearToken {
        self.balances.balance_of(&account)
    }

    /// What all accounts together can get.
    pub fn total(&self) -> NearToken {
        self.balances.total()
    }
}

impl HoneyPot {
    fn callback() -> HoneyPotExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }
}
