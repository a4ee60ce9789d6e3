//! A shop that asks a clerk what an item costs, and sells it if that is not more than what the buyer has attached.
//!
//! * bad: declares that the clerk returns a number, and the clerk returns a decimal string, as contracts here do. The
//!   compiler cannot know. The callback panics on each answer, and the buyers' money stays in the shop.
//! * good: declares what the clerk returns, reads the answer itself, and takes what it cannot read for a failure.

use near_sdk::store::LookupMap;
use near_sdk::{
    env, ext_contract, near, AccountId, Gas, NearToken, PanicOnDefault, Promise, PromiseOrValue,
};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

#[cfg(not(feature = "good"))]
use bad::Price;
#[cfg(feature = "good")]
use good::Price;

const CLERK_GAS: Gas = Gas::from_tgas(5);
const CALLBACK_GAS: Gas = Gas::from_tgas(10);

/// What the shop asks the clerk, as it believes it to be.
#[ext_contract(ext_clerk)]
#[allow(dead_code)]
trait Clerk {
    fn price(&self, item: String) -> Price;
}

/// Who knows the prices, and who has bought how many items.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Shop {
    clerk: AccountId,
    bought: LookupMap<AccountId, u32>,
}

#[near]
impl Shop {
    /// Begins with nothing sold, and the clerk who is asked for prices.
    #[init]
    pub fn new(clerk: AccountId) -> Self {
        Self {
            clerk,
            bought: LookupMap::new(b"b"),
        }
    }

    /// Buys an item with the attached deposit, if that is enough. The change comes back, or all of it.
    #[payable]
    pub fn buy(&mut self, item: String) -> Promise {
        let (buyer, paid) = (env::predecessor_account_id(), env::attached_deposit());
        ext_clerk::ext(self.clerk.clone())
            .with_static_gas(CLERK_GAS)
            .price(item)
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(CALLBACK_GAS)
                    .on_price(buyer, paid),
            )
    }

    /// How many items an account has bought.
    pub fn bought_by(&self, account: AccountId) -> u32 {
        self.bought.get(&account).copied().unwrap_or(0)
    }
}

impl Shop {
    /// Sells an item if the buyer has paid enough. The change goes back to the buyer, or all of it.
    fn sell(
        &mut self,
        buyer: AccountId,
        paid: NearToken,
        price: Option<NearToken>,
    ) -> PromiseOrValue<bool> {
        let change = match price.and_then(|price| paid.checked_sub(price)) {
            Some(change) => {
                let bought = self.bought_by(buyer.clone());
                self.bought.insert(buyer.clone(), bought + 1);
                change
            }
            None => paid,
        };
        if change.is_zero() {
            return PromiseOrValue::Value(true);
        }
        Promise::new(buyer).transfer(change).into()
    }
}
