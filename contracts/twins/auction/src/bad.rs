//! The outbid are paid.

use crate::{Auction, AuctionExt, Bid};
use near_sdk::{env, is_promise_success, near, Gas, Promise, PromiseOrValue};

const CALLBACK_GAS: Gas = Gas::from_tgas(10);

#[near]
impl Auction {
    /// Bids the attached deposit. The value is true if it is the highest bid now. WRONG ON PURPOSE: the highest bidder is
    /// paid first, and stays the highest bidder until the callback `on_outbid_paid`; for ever, when the account is gone.
    #[payable]
    pub fn bid(&mut self) -> PromiseOrValue<bool> {
        let bid = self.next_bid();
        let Some(outbid) = self.highest.clone() else {
            self.highest = Some(bid);
            return PromiseOrValue::Value(true);
        };
        Promise::new(outbid.bidder)
            .transfer(outbid.amount)
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(CALLBACK_GAS)
                    .on_outbid_paid(bid),
            )
            .into()
    }

    /// Callback of `bid`: takes the bid when the outbid was paid, and gives it back when not. WRONG ON PURPOSE: forgets a
    /// bid that was taken meanwhile.
    #[private]
    pub fn on_outbid_paid(&mut self, bid: Bid) -> PromiseOrValue<bool> {
        if !is_promise_success() {
            return Promise::new(bid.bidder).transfer(bid.amount).into();
        }
        self.highest = Some(bid);
        PromiseOrValue::Value(true)
    }
}
