//! Answers stand in the order in which they were asked for.

use crate::{ask, Quotes, QuotesExt};
use near_sdk::serde_json::from_slice;
use near_sdk::{env, near, AccountId, NearToken, Promise};

/// A longer answer is no price.
const LONGEST_PRICE: usize = 100;

#[near]
impl Quotes {
    /// Buys an item with the attached deposit where it is cheapest; the change comes back. The value is the purchase.
    #[payable]
    pub fn buy(&mut self, item: String) -> Promise {
        let (buyer, paid) = (env::predecessor_account_id(), env::attached_deposit());
        let questions = self.shops.iter().map(|shop| ask(shop, &item));
        let joined = questions.reduce(|joined, question| joined.and(question));
        joined
            .unwrap_or_else(|| env::panic_str("there are no shops"))
            .then(Self::callback().on_prices(buyer, paid))
    }

    /// Callback of all questions: buys where it is cheapest. A shop that has not said a price is too dear.
    #[private]
    pub fn on_prices(&mut self, buyer: AccountId, paid: NearToken) -> Promise {
        let prices: Vec<_> = (0..env::promise_results_count()).map(price).collect();
        self.buy_where_cheapest(buyer, paid, &prices)
    }
}

fn price(result: u64) -> NearToken {
    let answer = env::promise_result_checked(result, LONGEST_PRICE).ok();
    answer
        .and_then(|answer| from_slice(&answer).ok())
        .unwrap_or(NearToken::from_yoctonear(u128::MAX))
}
