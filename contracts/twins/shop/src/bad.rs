//! The caller declares another type than the callee returns.

use crate::{Shop, ShopExt};
use near_sdk::{near, AccountId, NearToken, PromiseOrValue};

/// What the clerk is believed to return. It returns a decimal string.
pub type Price = u128;

#[near]
impl Shop {
    /// Callback of `buy`. WRONG ON PURPOSE: wants a number. It panics on a decimal string, and when the clerk fails, and the
    /// buyer's money stays here.
    #[private]
    pub fn on_price(
        &mut self,
        buyer: AccountId,
        paid: NearToken,
        #[callback_unwrap] price: Price,
    ) -> PromiseOrValue<bool> {
        self.sell(buyer, paid, Some(NearToken::from_yoctonear(price)))
    }
}
