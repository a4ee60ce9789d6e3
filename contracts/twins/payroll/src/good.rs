//! A failure is handled, raised, or ignored on purpose.

use crate::{Payroll, PayrollExt};
use near_sdk::{
    env, ext_contract, is_promise_success, near, AccountId, Gas, NearToken, Promise, PromiseOrValue,
};

/// Gas for a callback, the call of `fail` that it may make included.
const CALLBACK_GAS: Gas = Gas::from_tgas(10);
const FAIL_GAS: Gas = Gas::from_tgas(3);
const REMINDER_GAS: Gas = Gas::from_tgas(5);

/// What a worker who is a contract may want to hear.
#[ext_contract(ext_worker)]
#[allow(dead_code)]
trait Worker {
    fn on_payday(&mut self, amount: NearToken);
}

#[near]
impl Payroll {
    /// Pays a worker all that is owed. Handles a failure: the debt is restored, and the value is false.
    pub fn pay(&mut self, worker: AccountId) -> Promise {
        let amount = self.strike_off(&worker);
        Promise::new(worker.clone())
            .transfer(amount)
            .then(Self::callback().on_paid(worker, amount))
    }

    /// Callback of `pay`.
    #[private]
    pub fn on_paid(&mut self, worker: AccountId, amount: NearToken) -> bool {
        let paid = is_promise_success();
        if !paid {
            self.owed.credit(&worker, amount);
        }
        paid
    }

    /// Pays a worker all that is owed. Raises a failure: the debt is restored, and the transaction fails.
    pub fn pay_or_fail(&mut self, worker: AccountId) -> Promise {
        let amount = self.strike_off(&worker);
        Promise::new(worker.clone())
            .transfer(amount)
            .then(Self::callback().on_paid_or_failed(worker, amount))
    }

    /// Callback of `pay_or_fail`. A panic here would undo what it restores, so it is left to a call of its own.
    #[private]
    pub fn on_paid_or_failed(
        &mut self,
        worker: AccountId,
        amount: NearToken,
    ) -> PromiseOrValue<bool> {
        if self.on_paid(worker.clone(), amount) {
            return PromiseOrValue::Value(true);
        }
        Self::ext(env::current_account_id())
            .with_static_gas(FAIL_GAS)
            .fail(worker)
            .into()
    }

    /// Ends a transaction of `pay_or_fail` with a failure.
    #[private]
    pub fn fail(&self, worker: AccountId) {
        env::panic_str(&format!("{worker} could not be paid"));
    }

    /// Tells a worker what is owed. Ignores a failure on purpose: no money goes with it, and nothing here changes.
    pub fn remind(&mut self, worker: AccountId) {
        let amount = self.owed.balance_of(&worker);
        ext_worker::ext(worker)
            .with_static_gas(REMINDER_GAS)
            .on_payday(amount)
            .detach();
    }
}

impl Payroll {
    fn callback() -> PayrollExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }
}
