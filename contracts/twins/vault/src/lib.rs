//! A vault: deposit NEAR, withdraw any part of it.
//!
//! * bad: checks the balance, sends the money, and writes the withdrawal down in the callback. Two withdrawals that are
//!   both on their way have both been checked against the same balance.
//! * good: writes the withdrawal down before the money leaves, and takes it back when it could not be paid.

use books::{attached, Books};
use near_sdk::{env, near, AccountId, Gas, NearToken};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

const CALLBACK_GAS: Gas = Gas::from_tgas(5);

/// What the vault holds, and for whom. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct Vault {
    balances: Books,
}

#[near]
impl Vault {
    /// Adds the attached deposit to the caller's balance, and returns that.
    #[payable]
    pub fn deposit(&mut self) -> NearToken {
        let (user, amount) = attached();
        self.balances.credit(&user, amount);
        self.balances.balance_of(&user)
    }

    /// What an account can withdraw.
    pub fn balance_of(&self, account: AccountId) -> NearToken {
        self.balances.balance_of(&account)
    }

    /// What all accounts together can withdraw.
    pub fn total(&self) -> NearToken {
        self.balances.total()
    }
}

impl Vault {
    fn callback() -> VaultExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }
}
