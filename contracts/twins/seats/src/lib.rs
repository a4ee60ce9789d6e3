//! Seats that are booked several at a time: they are taken at once, so that nobody else books them, the money goes to a
//! till, and when the till refuses it the callback frees the seats again and gives the money back. All by hand: the
//! protocol undoes what the till did, and nothing of what was done here.
//!
//! * bad: the callback has gas for when all is well, which is for doing nothing. Where it has to free many seats it runs
//!   out of gas: they stay taken, and the money stays here.
//! * good: the callback has gas for each seat.

use near_sdk::store::LookupMap;
use near_sdk::{
    env, ext_contract, is_promise_success, near, require, AccountId, Gas, NearToken,
    PanicOnDefault, Promise, PromiseOrValue,
};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

const TILL_GAS: Gas = Gas::from_tgas(5);

/// What the contract calls at the till.
#[ext_contract(ext_till)]
#[allow(dead_code)]
trait Till {
    fn take(&mut self) -> NearToken;
}

/// Who takes the money, and who has which seat.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Seats {
    till: AccountId,
    taken: LookupMap<u32, AccountId>,
}

#[near]
impl Seats {
    /// Begins with all seats free, and the till that takes the money.
    #[init]
    pub fn new(till: AccountId) -> Self {
        Self {
            till,
            taken: LookupMap::new(b"t"),
        }
    }

    /// Callback of `book`: frees the seats and gives the money back when the till has not taken it.
    #[private]
    pub fn on_taken(
        &mut self,
        user: AccountId,
        seats: Vec<u32>,
        paid: NearToken,
    ) -> PromiseOrValue<bool> {
        if is_promise_success() {
            return PromiseOrValue::Value(true);
        }
        for seat in seats {
            self.taken.remove(&seat);
        }
        Promise::new(user).transfer(paid).into()
    }

    /// Who has a seat; null if it is free.
    pub fn who_has(&self, seat: u32) -> Option<AccountId> {
        self.taken.get(&seat).cloned()
    }
}

impl Seats {
    /// Takes the seats for the caller, passes the attached deposit on to the till, and hears of it with this much gas.
    fn take_and_pay(&mut self, seats: Vec<u32>, callback_gas: Gas) -> Promise {
        let (user, paid) = (env::predecessor_account_id(), env::attached_deposit());
        require!(!paid.is_zero(), "attach the price");
        for seat in &seats {
            let before = self.taken.insert(*seat, user.clone());
            require!(before.is_none(), format!("seat {seat} is taken"));
        }
        let payment = ext_till::ext(self.till.clone())
            .with_static_gas(TILL_GAS)
            .with_attached_deposit(paid)
            .take();
        payment.then(
            Self::ext(env::current_account_id())
                .with_static_gas(callback_gas)
                .with_unused_gas_weight(0)
                .on_taken(user, seats, paid),
        )
    }
}
