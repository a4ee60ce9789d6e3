//! A minimal staking pool: it keeps a balance per account in its own books and can be told to fail.
//!
//! The names and JSON of its methods follow the validators' staking pools (`deposit_and_stake`,
//! `get_account_staked_balance`, `unstake`, `withdraw`), so that a contract written against one of those
//! can be tested against this. It pays no rewards, keeps no epochs of waiting and stakes nothing with the
//! protocol: none of that matters to a contract that wants to know what happens when a stake fails.

use near_sdk::store::LookupMap;
use near_sdk::{env, near, require, AccountId, NearToken, Promise};

/// What one account has in the pool.
#[near(serializers = [borsh])]
#[derive(Clone, Copy, Default)]
struct Balance {
    staked: NearToken,
    unstaked: NearToken,
}

/// The pool's books. Usable right after the deploy; `new` only names another owner.
#[near(contract_state)]
pub struct StakingPool {
    owner: Option<AccountId>,
    paused: bool,
    balances: LookupMap<AccountId, Balance>,
    total_staked: NearToken,
}

impl Default for StakingPool {
    fn default() -> Self {
        Self {
            owner: None,
            paused: false,
            balances: LookupMap::new(b"b"),
            total_staked: NearToken::from_yoctonear(0),
        }
    }
}

/// What the pool reports, as NEP-297 events.
#[near(event_json(standard = "near-harness-staking-pool"))]
enum PoolEvent<'a> {
    #[event_version("1.0.0")]
    Staked {
        account: &'a AccountId,
        amount: NearToken,
    },
    #[event_version("1.0.0")]
    Unstaked {
        account: &'a AccountId,
        amount: NearToken,
    },
    #[event_version("1.0.0")]
    Withdrawn {
        account: &'a AccountId,
        amount: NearToken,
    },
    #[event_version("1.0.0")]
    Paused { paused: bool },
}

#[near]
impl StakingPool {
    /// Sets the account that may pause the pool. Optional: without it only the pool's own account may.
    #[init]
    #[private]
    pub fn new(owner: AccountId) -> Self {
        Self {
            owner: Some(owner),
            ..Self::default()
        }
    }

    /// Pauses the pool or lets it work again. While it is paused every method that moves money panics with
    /// "pool is paused"; views still answer. Only the owner and the pool's own account may call it.
    pub fn set_paused(&mut self, paused: bool) {
        let caller = env::predecessor_account_id();
        require!(
            caller == env::current_account_id() || Some(&caller) == self.owner.as_ref(),
            format!("{caller} may not pause the pool")
        );
        self.paused = paused;
        PoolEvent::Paused { paused }.emit();
    }

    /// Stakes the attached deposit for the account that calls, and returns its staked balance.
    #[payable]
    pub fn deposit_and_stake(&mut self) -> NearToken {
        self.require_open();
        let amount = env::attached_deposit();
        require!(!amount.is_zero(), "attach the amount to stake");
        let account = env::predecessor_account_id();
        let mut balance = self.balance_of(&account);
        balance.staked = plus(balance.staked, amount);
        self.total_staked = plus(self.total_staked, amount);
        self.balances.insert(account.clone(), balance);
        PoolEvent::Staked {
            account: &account,
            amount,
        }
        .emit();
        balance.staked
    }

    /// Moves an amount of the caller's staked balance to its unstaked balance, from where it can be
    /// withdrawn at once. Without an amount: all of it. Returns what is staked still.
    pub fn unstake(&mut self, amount: Option<NearToken>) -> NearToken {
        self.require_open();
        let account = env::predecessor_account_id();
        let mut balance = self.balance_of(&account);
        let amount = amount.unwrap_or(balance.staked);
        balance.staked = minus(balance.staked, amount, &account, "staked");
        balance.unstaked = plus(balance.unstaked, amount);
        self.total_staked = self.total_staked.saturating_sub(amount);
        self.balances.insert(account.clone(), balance);
        PoolEvent::Unstaked {
            account: &account,
            amount,
        }
        .emit();
        balance.staked
    }

    /// Pays an amount of the caller's unstaked balance back to it. Without an amount: all of it.
    pub fn withdraw(&mut self, amount: Option<NearToken>) -> Promise {
        self.require_open();
        let account = env::predecessor_account_id();
        let mut balance = self.balance_of(&account);
        let amount = amount.unwrap_or(balance.unstaked);
        balance.unstaked = minus(balance.unstaked, amount, &account, "unstaked");
        self.balances.insert(account.clone(), balance);
        PoolEvent::Withdrawn {
            account: &account,
            amount,
        }
        .emit();
        Promise::new(account).transfer(amount)
    }

    /// What an account has staked; zero for an account that the pool does not know.
    pub fn get_account_staked_balance(&self, account_id: AccountId) -> NearToken {
        self.balance_of(&account_id).staked
    }

    /// What an account has unstaked and not withdrawn yet.
    pub fn get_account_unstaked_balance(&self, account_id: AccountId) -> NearToken {
        self.balance_of(&account_id).unstaked
    }

    /// What all accounts together have staked.
    pub fn get_total_staked_balance(&self) -> NearToken {
        self.total_staked
    }

    /// Whether the pool refuses to move money at present.
    pub fn is_paused(&self) -> bool {
        self.paused
    }
}

impl StakingPool {
    fn require_open(&self) {
        require!(!self.paused, "pool is paused");
    }

    fn balance_of(&self, account: &AccountId) -> Balance {
        self.balances.get(account).copied().unwrap_or_default()
    }
}

fn plus(balance: NearToken, amount: NearToken) -> NearToken {
    balance
        .checked_add(amount)
        .unwrap_or_else(|| env::panic_str("the amount is too large"))
}

fn minus(balance: NearToken, amount: NearToken, account: &AccountId, what: &str) -> NearToken {
    balance.checked_sub(amount).unwrap_or_else(|| {
        env::panic_str(&format!(
            "{account} has {} yoctoNEAR {what}, not {}",
            balance.as_yoctonear(),
            amount.as_yoctonear()
        ))
    })
}
