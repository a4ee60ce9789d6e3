//! The caller declares what the callee returns, and does not rely on it.

use crate::{Shop, ShopExt};
use near_sdk::serde_json::from_slice;
use near_sdk::{env, near, AccountId, NearToken, PromiseOrValue};

/// What the clerk returns.
pub type Price = NearToken;

/// A longer answer is no price.
const LONGEST_PRICE: usize = 100;

#[near]
impl Shop {
    /// Callback of `buy`: sells the item; gives the money back when there is no price, or none that can be read.
    #[private]
    pub fn on_price(&mut self, buyer: AccountId, paid: NearToken) -> PromiseOrValue<bool> {
        let answer = env::promise_result_checked(0, LONGEST_PRICE).ok();
        let price: Option<Price> = answer.and_then(|answer| from_slice(&answer).ok());
        self.sell(buyer, paid, price)
    }
}
