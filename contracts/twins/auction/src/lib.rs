//! An auction: whoever bids more than the highest bidder becomes the highest bidder, and the outbid get their money back.
//!
//! * bad: pays the outbid, and takes the new bid when that was successful. A bidder who cannot be paid, because the
//!   account is gone, blocks the auction for ever; and of two bids on their way each pays the same outbid.
//! * good: takes the new bid at once and writes down what is owed to the outbid, who withdraw it.

#[cfg(feature = "good")]
use books::Books;
use near_sdk::{env, near, require, AccountId, NearToken};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

/// Who has bid how much.
#[near(serializers = [json, borsh])]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    pub bidder: AccountId,
    pub amount: NearToken,
}

/// The highest bid, and in the good twin what is owed to the outbid. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct Auction {
    highest: Option<Bid>,
    #[cfg(feature = "good")]
    owed: Books,
}

#[near]
impl Auction {
    /// The highest bid; null before the first.
    pub fn highest_bid(&self) -> Option<Bid> {
        self.highest.clone()
    }
}

impl Auction {
    /// The bid of the account that calls; panics when it is not more than the highest.
    fn next_bid(&self) -> Bid {
        let bid = Bid {
            bidder: env::predecessor_account_id(),
            amount: env::attached_deposit(),
        };
        let least = self
            .highest
            .as_ref()
            .map_or(0, |bid| bid.amount.as_yoctonear());
        require!(
            bid.amount.as_yoctonear() > least,
            format!("bid more than {least} yoctoNEAR")
        );
        bid
    }
}
