//! What is not confirmed is for sale.

use crate::{Names, NamesExt};
use near_sdk::near;

#[near]
impl Names {
    /// Buys a name for its price. WRONG ON PURPOSE: also one that the clerk has not approved yet, and that goes away when
    /// the answer is no. The seller keeps the money.
    #[payable]
    pub fn buy(&mut self, name: String) {
        self.hand_over(&name);
    }
}
