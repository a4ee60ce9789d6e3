//! A savings account for users of whom a clerk approves: the clerk is asked about each deposit, and the callback credits
//! it or gives it back.
//!
//! * bad: the callback is not private. A stranger calls it, names an amount, and withdraws it.
//! * good: the callback is private, and anything but a clear yes is a no.

use books::{attached, Books};
use near_sdk::{
    env, ext_contract, is_promise_success, near, AccountId, Gas, NearToken, PanicOnDefault, Promise,
};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

const CLERK_GAS: Gas = Gas::from_tgas(5);
const CALLBACK_GAS: Gas = Gas::from_tgas(10);

/// What the bank asks the clerk.
#[ext_contract(ext_clerk)]
#[allow(dead_code)]
trait Clerk {
    fn approves(&self, user: AccountId) -> bool;
}

/// Who has saved what, and who approves of them.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Savings {
    clerk: AccountId,
    saved: Books,
}

#[near]
impl Savings {
    /// Begins with nobody's savings, and the clerk who is asked about users.
    #[init]
    pub fn new(clerk: AccountId) -> Self {
        Self {
            clerk,
            saved: Books::default(),
        }
    }

    /// Saves the attached deposit, if the clerk approves of the user. The value is true if it was.
    #[payable]
    pub fn save(&mut self) -> Promise {
        let (user, amount) = attached();
        ext_clerk::ext(self.clerk.clone())
            .with_static_gas(CLERK_GAS)
            .approves(user.clone())
            .then(Self::callback().on_checked(user, amount))
    }

    /// Pays an amount of the caller's savings, which go down before the money leaves.
    pub fn withdraw(&mut self, amount: NearToken) -> Promise {
        let user = env::predecessor_account_id();
        self.saved.debit(&user, amount);
        Promise::new(user.clone())
            .transfer(amount)
            .then(Self::callback().on_withdrawn(user, amount))
    }

    /// Callback of `withdraw`: gives the savings back when the money could not be paid.
    #[private]
    pub fn on_withdrawn(&mut self, user: AccountId, amount: NearToken) -> bool {
        let paid = is_promise_success();
        if !paid {
            self.saved.credit(&user, amount);
        }
        paid
    }

    /// What an account has saved.
    pub fn saved_by(&self, account: AccountId) -> NearToken {
        self.saved.balance_of(&account)
    }

    /// What all accounts together have saved.
    pub fn total(&self) -> NearToken {
        self.saved.total()
    }
}

impl Savings {
    fn callback() -> SavingsExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }
}

/// Whether a result of the clerk is a clear yes: not when the clerk failed, or answered something else.
fn is_yes(result: u64) -> bool {
    env::promise_result_checked(result, "true".len()).is_ok_and(|answer| answer == b"true")
}
