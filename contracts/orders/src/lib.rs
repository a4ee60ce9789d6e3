//! Orders of a shop, placed and read in borsh as well as in JSON: arguments and results with structs, enums, options,
//! lists and maps inside.

use std::collections::BTreeMap;

use near_sdk::store::LookupMap;
use near_sdk::{env, near, require, AccountId, NearToken};

/// How an order reaches its buyer.
#[near(serializers = [borsh, json])]
#[derive(Clone)]
pub enum Delivery {
    Pickup,
    Post { street: String, number: u16 },
    Courier(AccountId),
}

/// One kind of thing in an order.
#[near(serializers = [borsh, json])]
#[derive(Clone)]
pub struct Item {
    pub name: String,
    pub count: u32,
    pub price: NearToken,
}

/// What somebody wants.
#[near(serializers = [borsh, json])]
#[derive(Clone)]
pub struct Order {
    pub buyer: AccountId,
    pub items: Vec<Item>,
    pub delivery: Delivery,
    pub note: Option<String>,
    pub labels: BTreeMap<String, i8>,
    pub seal: [u8; 4],
}

/// All orders by their numbers. Usable right after the deploy.
#[near(contract_state)]
pub struct Orders {
    next: u64,
    orders: LookupMap<u64, Order>,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            next: 1,
            orders: LookupMap::new(b"o"),
        }
    }
}

#[near]
impl Orders {
    /// Takes an order in borsh and returns its number, in borsh. Urgent ones have to say why.
    #[result_serializer(borsh)]
    pub fn place(
        &mut self,
        #[serializer(borsh)] order: Order,
        #[serializer(borsh)] urgent: Option<String>,
    ) -> u64 {
        if let Some(why) = urgent {
            env::log_str(&format!("urgent: {why}"));
        }
        self.keep(order)
    }

    /// Takes an order in JSON.
    pub fn place_json(&mut self, order: Order) -> u64 {
        self.keep(order)
    }

    /// An order, in borsh.
    #[result_serializer(borsh)]
    pub fn order(&self, #[serializer(borsh)] number: u64) -> Option<Order> {
        self.orders.get(&number).cloned()
    }

    /// Takes an order away and another one in.
    pub fn replace(&mut self, number: u64, order: Order) {
        require!(self.orders.get(&number).is_some(), "there is no such order");
        self.orders.insert(number, order);
    }
}

impl Orders {
    fn keep(&mut self, order: Order) -> u64 {
        require!(!order.items.is_empty(), "an order of nothing");
        let number = self.next;
        self.next += 1;
        self.orders.insert(number, order);
        number
    }
}
