//! A buyer's agent: it asks several shops for the price of an item at the same time, and buys it where it is cheapest.
//!
//! * bad: each shop's answer has a callback of its own, and the answers are told apart by the order in which they come.
//!   That order is nobody's: when the second shop answers first, the wrong shop gets the money.
//! * good: the answers are joined, and stand in the order in which they were asked for.

use near_sdk::store::LookupMap;
use near_sdk::{
    env, ext_contract, is_promise_success, near, AccountId, Gas, NearToken, PanicOnDefault, Promise,
};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

const SHOP_GAS: Gas = Gas::from_tgas(5);
/// Gas for a callback that pays, and for one that hears of it.
const CALLBACK_GAS: Gas = Gas::from_tgas(30);
const PAID_GAS: Gas = Gas::from_tgas(10);

/// What the agent calls at a shop.
#[ext_contract(ext_shop)]
#[allow(dead_code)]
trait Shop {
    fn price(&self, item: String) -> NearToken;
    fn take(&mut self) -> NearToken;
}

/// Where somebody has bought, and for how much.
#[near(serializers = [json, borsh])]
#[derive(Clone, Debug)]
pub struct Purchase {
    pub shop: AccountId,
    pub price: NearToken,
}

/// The shops, and each buyer's last purchase.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Quotes {
    shops: Vec<AccountId>,
    purchases: LookupMap<AccountId, Purchase>,
    /// The answers so far.
    #[cfg(not(feature = "good"))]
    prices: Vec<NearToken>,
}

#[near]
impl Quotes {
    /// Begins without purchases, and with the shops to ask.
    #[init]
    pub fn new(shops: Vec<AccountId>) -> Self {
        Self {
            shops,
            purchases: LookupMap::new(b"p"),
            #[cfg(not(feature = "good"))]
            prices: Vec::new(),
        }
    }

    /// Callback of the payment: gives back the change, or everything when the shop did not take the money.
    #[private]
    pub fn on_paid(&mut self, buyer: AccountId, paid: NearToken, purchase: Purchase) -> Promise {
        let change = if is_promise_success() {
            self.purchases.insert(buyer.clone(), purchase.clone());
            paid.saturating_sub(purchase.price)
        } else {
            paid
        };
        Promise::new(buyer).transfer(change)
    }

    /// An account's last purchase; null before the first.
    pub fn last_purchase(&self, account: AccountId) -> Option<Purchase> {
        self.purchases.get(&account).cloned()
    }
}

impl Quotes {
    fn callback() -> QuotesExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }

    /// Buys where it is cheapest; the prices stand in the order of the shops. Without a price that the buyer can pay, the
    /// money goes back.
    fn buy_where_cheapest(
        &self,
        buyer: AccountId,
        paid: NearToken,
        prices: &[NearToken],
    ) -> Promise {
        let offers = self.shops.iter().zip(prices);
        let Some((shop, price)) = offers
            .min_by_key(|(_, price)| **price)
            .filter(|(_, price)| **price <= paid)
        else {
            return Promise::new(buyer).transfer(paid);
        };
        let purchase = Purchase {
            shop: shop.clone(),
            price: *price,
        };
        ext_shop::ext(shop.clone())
            .with_static_gas(SHOP_GAS)
            .with_attached_deposit(*price)
            .take()
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(PAID_GAS)
                    .on_paid(buyer, paid, purchase),
            )
    }
}

fn ask(shop: &AccountId, item: &str) -> Promise {
    ext_shop::ext(shop.clone())
        .with_static_gas(SHOP_GAS)
        .price(item.to_string())
}
