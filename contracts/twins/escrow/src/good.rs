//! A lock that is opened whatever happens.

use crate::{Escrow, EscrowExt, Status};
use near_sdk::{is_promise_success, near};

#[near]
impl Escrow {
    /// Callback of `decide`: the deal is done when the money was paid, and else open again.
    #[private]
    pub fn on_paid(&mut self, deal: u32) -> bool {
        let paid = is_promise_success();
        self.deal_mut(deal).status = if paid { Status::Done } else { Status::Open };
        paid
    }
}
