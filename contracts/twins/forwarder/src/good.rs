//! What the caller chooses concerns the caller alone.

use crate::{require_other, Forwarder, ForwarderExt};
use near_sdk::{env, near, AccountId, Gas, NearToken, Promise};

#[near]
impl Forwarder {
    /// Calls a method on behalf of the caller, with arguments as JSON, a value out of the caller's credit, and gas. When
    /// the call fails the protocol returns the value to the caller. The result is the callee's.
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
        self.credit.debit(&user, value);
        Promise::new(to)
            .refund_to(user)
            .function_call(method, args.into_bytes(), value, gas)
    }
}
