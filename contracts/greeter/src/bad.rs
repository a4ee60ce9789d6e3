//! An init without the check of near-sdk, and a method that takes money for nothing.

use crate::{Greeter, GreeterExt};
use near_sdk::{env, near};

#[near]
impl Greeter {
    /// Begins with its caller as the owner. WRONG ON PURPOSE: it does not look whether there is state, so anybody
    /// becomes the owner.
    #[init(ignore_state)]
    pub fn new() -> Self {
        Self {
            owner: env::predecessor_account_id(),
            greeting: "hello".to_string(),
        }
    }

    /// Sets the greeting. WRONG ON PURPOSE: keeps a deposit that it has no use for.
    #[payable]
    pub fn set_greeting(&mut self, greeting: String) {
        self.greeting = greeting;
    }
}
