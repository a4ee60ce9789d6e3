//! An escrow: a buyer's money is held until it goes to the seller or back. The arbiter decides; the buyer may give it to
//! the seller, and the seller may give it back.
//!
//! A deal is locked while its money is on its way, so that it goes one way only.
//!
//! * bad: the callback panics when the money could not be paid, and with it goes the unlocking. The deal stays locked, and
//!   the money in it.
//! * good: the callback unlocks the deal, and the arbiter can decide again.

use near_sdk::store::LookupMap;
use near_sdk::{env, near, require, AccountId, Gas, NearToken, Promise};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

const CALLBACK_GAS: Gas = Gas::from_tgas(10);

/// How far a deal is.
#[near(serializers = [json, borsh])]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The money is here.
    Open,
    /// The money is on its way: nobody may decide now.
    Locked,
    /// The money is paid.
    Done,
}

/// Whose money goes to whom.
#[near(serializers = [json, borsh])]
#[derive(Clone, Debug)]
pub struct Deal {
    pub buyer: AccountId,
    pub seller: AccountId,
    pub arbiter: AccountId,
    pub amount: NearToken,
    pub status: Status,
}

/// All deals, by number. Usable right after the deploy.
#[near(contract_state)]
pub struct Escrow {
    deals: LookupMap<u32, Deal>,
    count: u32,
}

impl Default for Escrow {
    fn default() -> Self {
        Self {
            deals: LookupMap::new(b"d"),
            count: 0,
        }
    }
}

#[near]
impl Escrow {
    /// Opens a deal about the attached deposit, and returns its number.
    #[payable]
    pub fn open(&mut self, seller: AccountId, arbiter: AccountId) -> u32 {
        let deal = Deal {
            buyer: env::predecessor_account_id(),
            seller,
            arbiter,
            amount: env::attached_deposit(),
            status: Status::Open,
        };
        require!(!deal.amount.is_zero(), "attach the amount");
        self.deals.insert(self.count, deal);
        self.count += 1;
        self.count - 1
    }

    /// Pays the money of a deal to the seller, or back to the buyer. The value is true if it was paid.
    pub fn decide(&mut self, deal: u32, pay_seller: bool) -> Promise {
        let number = deal;
        let deal = self.deal_mut(number);
        let caller = env::predecessor_account_id();
        let (payee, giver) = if pay_seller {
            (&deal.seller, &deal.buyer)
        } else {
            (&deal.buyer, &deal.seller)
        };
        require!(
            caller == deal.arbiter || caller == *giver,
            format!("{caller} may not decide so")
        );
        require!(deal.status == Status::Open, "the deal is not open");
        let payment = Promise::new(payee.clone()).transfer(deal.amount);
        deal.status = Status::Locked;
        payment.then(
            Self::ext(env::current_account_id())
                .with_static_gas(CALLBACK_GAS)
                .on_paid(number),
        )
    }

    /// A deal; null if there is none of this number.
    pub fn deal(&self, deal: u32) -> Option<Deal> {
        self.deals.get(&deal).cloned()
    }
}

impl Escrow {
    fn deal_mut(&mut self, number: u32) -> &mut Deal {
        self.deals
            .get_mut(&number)
            .unwrap_or_else(|| env::panic_str("there is no such deal"))
    }
}
