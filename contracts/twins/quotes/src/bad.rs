//! Answers are told apart by the order in which they come.

use crate::{ask, Quotes, QuotesExt};
use near_sdk::{env, near, AccountId, NearToken, PromiseOrValue};

#[near]
impl Quotes {
    /// Buys an item with the attached deposit where it is cheapest; the change comes back. WRONG ON PURPOSE: each answer
    /// has its own callback `on_price`, which takes the first to come for the first shop's.
    #[payable]
    pub fn buy(&mut self, item: String) {
        let (buyer, paid) = (env::predecessor_account_id(), env::attached_deposit());
        for shop in &self.shops {
            ask(shop, &item)
                .then(Self::callback().on_price(buyer.clone(), paid))
                .detach();
        }
    }

    /// Callback of one question. WRONG ON PURPOSE: does not know whose the answer is, nor what it was asked for.
    #[private]
    pub fn on_price(
        &mut self,
        buyer: AccountId,
        paid: NearToken,
        #[callback_unwrap] price: NearToken,
    ) -> PromiseOrValue<()> {
        self.prices.push(price);
        if self.prices.len() < self.shops.len() {
            return PromiseOrValue::Value(());
        }
        let prices = std::mem::take(&mut self.prices);
        self.buy_where_cheapest(buyer, paid, &prices).into()
    }
}
