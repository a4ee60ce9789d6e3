//! The outbid withdraw.

use crate::{Auction, AuctionExt};
use near_sdk::{env, is_promise_success, near, AccountId, Gas, NearToken, Promise};

const CALLBACK_GAS: Gas = Gas::from_tgas(10);

#[near]
impl Auction {
    /// Bids the attached deposit, which is the highest bid from then on.
    #[payable]
    pub fn bid(&mut self) -> bool {
        let bid = self.next_bid();
        if let Some(outbid) = self.highest.replace(bid) {
            self.owed.credit(&outbid.bidder, outbid.amount);
        }
        true
    }

    /// Pays an outbid caller. The books go down before the money leaves.
    pub fn withdraw(&mut self) -> Promise {
        let user = env::predecessor_account_id();
        let amount = self.owed.balance_of(&user);
        self.owed.debit(&user, amount);
        Promise::new(user.clone()).transfer(amount).then(
            Self::ext(env::current_account_id())
                .with_static_gas(CALLBACK_GAS)
                .on_withdrawn(user, amount),
        )
    }

    /// Callback of `withdraw`: restores the books when the money could not be paid.
    #[private]
    pub fn on_withdrawn(&mut self, user: AccountId, amount: NearToken) -> bool {
        let paid = is_promise_success();
        if !paid {
            self.owed.credit(&user, amount);
        }
        paid
    }

    /// What is owed to an outbid account.
    pub fn owed_to(&self, account: AccountId) -> NearToken {
        self.owed.balance_of(&account)
    }
}
