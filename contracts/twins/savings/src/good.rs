//! A callback that the contract alone may call.

use crate::{is_yes, Savings, SavingsExt};
use near_sdk::{near, AccountId, NearToken, Promise, PromiseOrValue};

#[near]
impl Savings {
    /// Callback of `save`: credits the amount, or gives it back when the clerk does not approve.
    #[private]
    pub fn on_checked(&mut self, user: AccountId, amount: NearToken) -> PromiseOrValue<bool> {
        if !is_yes(0) {
            return Promise::new(user).transfer(amount).into();
        }
        self.saved.credit(&user, amount);
        PromiseOrValue::Value(true)
    }
}
