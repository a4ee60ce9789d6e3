//! What a contract owes to whom: the part that several of the stories share.

use near_sdk::store::LookupMap;
use near_sdk::{env, near, require, AccountId, NearToken};

const NOTHING: NearToken = NearToken::from_yoctonear(0);

/// A balance for each account.
#[near(serializers = [borsh])]
pub struct Books {
    balances: LookupMap<AccountId, NearToken>,
    total: NearToken,
}

impl Default for Books {
    fn default() -> Self {
        Self {
            balances: LookupMap::new(b"b"),
            total: NOTHING,
        }
    }
}

impl Books {
    /// What one account has.
    pub fn balance_of(&self, account: &AccountId) -> NearToken {
        self.balances.get(account).copied().unwrap_or(NOTHING)
    }

    /// What all accounts have together.
    pub fn total(&self) -> NearToken {
        self.total
    }

    /// Gives an account more.
    pub fn credit(&mut self, account: &AccountId, amount: NearToken) {
        self.set(account, self.balance_of(account).saturating_add(amount));
    }

    /// Takes an amount from an account; panics when it has less, or when the amount is nothing.
    pub fn debit(&mut self, account: &AccountId, amount: NearToken) {
        self.require_balance(account, amount);
        self.set(account, self.balance_of(account).saturating_sub(amount));
    }

    /// Panics when an account has less than an amount, or when the amount is nothing.
    pub fn require_balance(&self, account: &AccountId, amount: NearToken) {
        let balance = self.balance_of(account);
        require!(
            !amount.is_zero() && amount <= balance,
            format!(
                "{account} has {} yoctoNEAR here, and asks for {}",
                balance.as_yoctonear(),
                amount.as_yoctonear()
            )
        );
    }

    /// Sets what an account has.
    pub fn set(&mut self, account: &AccountId, balance: NearToken) {
        self.total = self
            .total
            .saturating_sub(self.balance_of(account))
            .saturating_add(balance);
        self.balances.insert(account.clone(), balance);
    }
}

/// The account that calls, and what it has attached; panics when that is nothing.
pub fn attached() -> (AccountId, NearToken) {
    let amount = env::attached_deposit();
    require!(!amount.is_zero(), "attach the amount");
    (env::predecessor_account_id(), amount)
}
