//! The contract that others ask. It stands for a registrar that approves users, an oracle that tells prices, and a till
//! that takes money; it can be told to refuse, or to be closed.

use near_sdk::{env, near, require, AccountId, NearToken};

/// What the clerk answers. Usable right after the deploy: it approves of everybody, and everything costs nothing.
#[near(contract_state)]
#[derive(Default)]
pub struct Clerk {
    refuses: bool,
    closed: bool,
    price: NearToken,
    taken: NearToken,
}

/// For the clerk's own account.
#[near]
impl Clerk {
    /// Sets whether users are refused.
    #[private]
    pub fn set_refuses(&mut self, refuses: bool) {
        self.refuses = refuses;
    }

    /// Sets the price of everything.
    #[private]
    pub fn set_price(&mut self, price: NearToken) {
        self.price = price;
    }

    /// Closes the desk or opens it. While it is closed, whoever asks hears a panic.
    #[private]
    pub fn set_closed(&mut self, closed: bool) {
        self.closed = closed;
    }
}

/// For those who ask.
#[near]
impl Clerk {
    /// Whether the clerk approves of a user.
    pub fn approves(&self, user: AccountId) -> bool {
        self.require_open();
        env::log_str(&format!("asked about {user}"));
        !self.refuses
    }

    /// What an item costs.
    pub fn price(&self, item: String) -> NearToken {
        self.require_open();
        env::log_str(&format!("asked for the price of {item}"));
        self.price
    }

    /// Takes the attached deposit; returns all that was taken so far.
    #[payable]
    pub fn take(&mut self) -> NearToken {
        self.require_open();
        self.taken = self.taken.saturating_add(env::attached_deposit());
        self.taken
    }

    /// All that was taken so far.
    pub fn taken(&self) -> NearToken {
        self.taken
    }
}

impl Clerk {
    fn require_open(&self) {
        require!(!self.closed, "the clerk's desk is closed");
    }
}
