//! A callback that anybody may call.

use crate::{is_yes, Savings, SavingsExt};
use near_sdk::{env, near, AccountId, NearToken, Promise, PromiseOrValue};

#[near]
impl Savings {
    /// Callback of `save`: credits the amount, or gives it back when the clerk does not approve. WRONG ON PURPOSE: it is
    /// not private. Who calls it directly has no result that says no, and chooses the user and the amount.
    pub fn on_checked(&mut self, user: AccountId, amount: NearToken) -> PromiseOrValue<bool> {
        let refused = (0..env::promise_results_count()).any(|result| !is_yes(result));
        if refused {
            return Promise::new(user).transfer(amount).into();
        }
        self.saved.credit(&user, amount);
        PromiseOrValue::Value(true)
    }
}
