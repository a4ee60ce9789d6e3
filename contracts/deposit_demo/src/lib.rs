//! Where an attached deposit goes when the called contract fails: back to the contract that called, not to
//! the user who sent it. Whether the user sees it again is up to the calling contract.
//!
//! Deploy it twice: on one account as the caller (`forgets`, `gives_back`, `gives_back_with_too_little_gas`),
//! on another as the callee (`accept`, `refuse`).

use near_sdk::{
    env, ext_contract, near, require, AccountId, Gas, NearToken, Promise, PromiseError,
};

/// Gas for the call to the callee.
const CALLEE_GAS: Gas = Gas::from_tgas(10);
/// Gas that is enough for a callback and the transfer that it makes.
const CALLBACK_GAS: Gas = Gas::from_tgas(15);

/// What the caller calls at the callee.
#[ext_contract(ext_callee)]
#[allow(dead_code)]
trait Callee {
    fn accept(&mut self);
    fn refuse(&mut self);
}

/// What the callee has taken so far. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct DepositDemo {
    accepted: NearToken,
}

/// What the caller reports, as NEP-297 events.
#[near(event_json(standard = "near-harness-deposit-demo"))]
enum DepositEvent<'a> {
    #[event_version("1.0.0")]
    GivenBack {
        user: &'a AccountId,
        amount: NearToken,
    },
}

/// The callee.
#[near]
impl DepositDemo {
    /// Keeps the attached deposit.
    #[payable]
    pub fn accept(&mut self) {
        self.accepted = self.accepted.saturating_add(env::attached_deposit());
    }

    /// Panics, whatever is attached: the protocol returns the deposit to the account that called.
    #[payable]
    pub fn refuse(&mut self) {
        env::panic_str("this callee refuses deposits");
    }

    /// What `accept` has taken so far.
    pub fn accepted(&self) -> NearToken {
        self.accepted
    }
}

/// The caller.
#[near]
impl DepositDemo {
    /// Passes the attached deposit on to the callee, which refuses it (or accepts it, if `accepted` is true).
    /// WRONG ON PURPOSE: when the callee fails, the deposit comes back to this contract, and the callback
    /// `on_done` only reports it. The transaction succeeds, and the user's money stays here.
    #[payable]
    pub fn forgets(&mut self, callee: AccountId, accepted: Option<bool>) -> Promise {
        pass_on(callee, accepted).then(
            Self::ext(env::current_account_id())
                .with_static_gas(CALLBACK_GAS)
                .on_done(),
        )
    }

    /// Callback of `forgets`: returns whether the callee took the deposit. WRONG ON PURPOSE: gives nothing back.
    #[private]
    pub fn on_done(&mut self) -> bool {
        call_succeeded()
    }

    /// Passes the attached deposit on to the callee, which refuses it (or accepts it, if `accepted` is true).
    /// The right way: when the callee fails, the callback `give_back` returns the deposit to the user.
    #[payable]
    pub fn gives_back(&mut self, callee: AccountId, accepted: Option<bool>) -> Promise {
        pass_on(callee, accepted).then(
            Self::ext(env::current_account_id())
                .with_static_gas(CALLBACK_GAS)
                .give_back(env::predecessor_account_id(), env::attached_deposit()),
        )
    }

    /// As `gives_back`, but the callback gets exactly `callback_gas` and nothing of what is left over. WRONG ON
    /// PURPOSE: with too little, `give_back` runs out of gas, its transfer is never made, and the user's money
    /// stays in this contract.
    #[payable]
    pub fn gives_back_with_too_little_gas(
        &mut self,
        callee: AccountId,
        callback_gas: Gas,
        accepted: Option<bool>,
    ) -> Promise {
        pass_on(callee, accepted).then(
            Self::ext(env::current_account_id())
                .with_static_gas(callback_gas)
                .with_unused_gas_weight(0)
                .give_back(env::predecessor_account_id(), env::attached_deposit()),
        )
    }

    /// Callback: when the callee failed, returns the deposit to the user, since the protocol has returned it to
    /// this contract only. Returns whether the callee took the deposit.
    #[private]
    pub fn give_back(&mut self, user: AccountId, amount: NearToken) -> bool {
        let succeeded = call_succeeded();
        if !succeeded {
            DepositEvent::GivenBack {
                user: &user,
                amount,
            }
            .emit();
            Promise::new(user).transfer(amount).detach();
        }
        succeeded
    }
}

/// Calls the callee with the whole attached deposit.
fn pass_on(callee: AccountId, accepted: Option<bool>) -> Promise {
    let amount = env::attached_deposit();
    require!(!amount.is_zero(), "attach the deposit to pass on");
    let callee = ext_callee::ext(callee)
        .with_static_gas(CALLEE_GAS)
        .with_attached_deposit(amount);
    if accepted.unwrap_or(false) {
        callee.accept()
    } else {
        callee.refuse()
    }
}

/// Whether the call that this callback is for succeeded; what it returned is not read.
fn call_succeeded() -> bool {
    matches!(
        env::promise_result_checked(0, 0),
        Ok(_) | Err(PromiseError::TooLong(_))
    )
}
