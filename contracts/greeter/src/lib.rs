//! A greeting, which anybody may set, and an owner.
//!
//! * bad: its init may be called again, and sets it up anew; setting the greeting takes deposits and keeps them.
//! * good: its init refuses where there is state, and an upgrade is the contract's own affair; deposits are refused.

use near_sdk::{near, AccountId, PanicOnDefault};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

/// Who owns it, and what it says.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Greeter {
    owner: AccountId,
    greeting: String,
}

#[near]
impl Greeter {
    /// Who owns it.
    pub fn owner(&self) -> AccountId {
        self.owner.clone()
    }

    /// What it says.
    pub fn greeting(&self) -> String {
        self.greeting.clone()
    }
}
