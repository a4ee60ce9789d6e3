//! A lock that a failure leaves behind.

use crate::{Escrow, EscrowExt, Status};
use near_sdk::{is_promise_success, near, require};

#[near]
impl Escrow {
    /// Callback of `decide`. WRONG ON PURPOSE: panics when the money could not be paid, so the deal stays locked.
    #[private]
    pub fn on_paid(&mut self, deal: u32) -> bool {
        require!(is_promise_success(), "the money could not be paid");
        self.deal_mut(deal).status = Status::Done;
        true
    }
}
