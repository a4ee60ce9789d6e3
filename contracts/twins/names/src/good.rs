//! What is not confirmed is not for sale.

use crate::{Names, NamesExt};
use near_sdk::{near, require};

#[near]
impl Names {
    /// Buys a name for its price, once the clerk has approved.
    #[payable]
    pub fn buy(&mut self, name: String) {
        require!(
            self.entry_mut(&name).confirmed,
            "the name is not confirmed yet"
        );
        self.hand_over(&name);
    }
}
