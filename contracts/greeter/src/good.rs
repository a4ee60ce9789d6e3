//! An init that is done once, an upgrade of the contract's own, and a method without money.

use crate::{Greeter, GreeterExt};
use near_sdk::{env, near, AccountId};

/// The state before there was a greeting.
#[near(serializers = [borsh])]
pub struct OldGreeter {
    owner: AccountId,
}

#[near]
impl Greeter {
    /// Begins with its caller as the owner. Fails where there is state.
    #[init]
    pub fn new() -> Self {
        Self {
            owner: env::predecessor_account_id(),
            greeting: "hello".to_string(),
        }
    }

    /// Takes up the state of the version before. Only the contract's own account may call it.
    #[private]
    #[init(ignore_state)]
    pub fn migrate() -> Self {
        let old: OldGreeter = env::state_read().expect("the state of the version before");
        Self {
            owner: old.owner,
            greeting: "hello".to_string(),
        }
    }

    /// Sets the greeting. near-sdk refuses deposits.
    pub fn set_greeting(&mut self, greeting: String) {
        self.greeting = greeting;
    }
}
