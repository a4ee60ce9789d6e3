//! Value, gas and re-entry are the caller's to choose.

use crate::{require_other, Forwarder, ForwarderExt};
use near_sdk::{env, is_promise_success, near, AccountId, Gas, NearToken, Promise};

#[near]
impl Forwarder {
    /// Calls a method on behalf of the caller, with arguments as JSON, a value out of the caller's credit, and gas. WRONG
    /// ON PURPOSE: the value is in the credit until the callback `on_forwarded`, for whoever comes in between; and the
    /// callback gets the gas that the caller has chosen.
    pub fn forward(
        &mut self,
        to: AccountId,
        method: String,
        args: String,
        value: NearToken,
        gas: Gas,
    ) -> Promise {
        require_other(&to);
        let user = env::predecessor_account_id();
        self.credit.require_balance(&user, value);
        Promise::new(to)
            .function_call(method, args.into_bytes(), value, gas)
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(gas)
                    .with_unused_gas_weight(0)
                    .on_forwarded(user, value),
            )
    }

    /// Callback of `forward`: takes the value from the credit when it was spent. WRONG ON PURPOSE: too late, if at all.
    #[private]
    pub fn on_forwarded(&mut self, user: AccountId, value: NearToken) -> bool {
        let spent = is_promise_success();
        if spent {
            let left = self.credit.balance_of(&user).saturating_sub(value);
            self.credit.set(&user, left);
        }
        spent
    }
}
