//! A bank that stakes what its users deposit with a staking pool, and owes each user what it has credited.
//!
//! Between the call to the pool and the callback that hears of it, other receipts run. What the bank has
//! written down by then decides whether somebody can take money that is not theirs:
//!
//! | method | credit is given | when the stake fails |
//! |---|---|---|
//! | `deposit_and_stake` | in the callback, after the stake succeeded | deposit goes back, no credit was given |
//! | `deposit_and_stake_racy` | before the call | deposit goes back, what is left of the credit is taken away |
//! | `deposit_and_stake_wrong` | before the call | deposit goes back, the credit stays |
//!
//! The staked money stands in the pool's books under the bank's name. A withdrawal is paid from the bank's own
//! balance; `bring_back` refills it from the pool.

use near_sdk::serde_json::json;
use near_sdk::store::LookupMap;
use near_sdk::{
    env, ext_contract, near, require, AccountId, Gas, NearToken, Promise, PromiseError,
};

/// Gas for the call to the pool.
const POOL_GAS: Gas = Gas::from_tgas(20);
/// Gas for a callback, the transfer that it may make included.
const CALLBACK_GAS: Gas = Gas::from_tgas(15);
const NOTHING: NearToken = NearToken::from_yoctonear(0);

/// What the bank calls at the pool.
#[ext_contract(ext_pool)]
#[allow(dead_code)]
trait Pool {
    fn deposit_and_stake(&mut self) -> NearToken;
    fn unstake(&mut self, amount: Option<NearToken>) -> NearToken;
    fn withdraw(&mut self, amount: Option<NearToken>);
    fn get_account_staked_balance(&self, account_id: AccountId) -> NearToken;
}

/// What the bank owes to whom. Usable right after the deploy.
#[near(contract_state)]
pub struct Bank {
    credit: LookupMap<AccountId, NearToken>,
    total_credit: NearToken,
}

impl Default for Bank {
    fn default() -> Self {
        Self {
            credit: LookupMap::new(b"c"),
            total_credit: NOTHING,
        }
    }
}

/// What the bank reports, as NEP-297 events.
#[near(event_json(standard = "near-harness-bank"))]
enum BankEvent<'a> {
    #[event_version("1.0.0")]
    Credited {
        user: &'a AccountId,
        amount: NearToken,
    },
    #[event_version("1.0.0")]
    StakeFailed {
        user: &'a AccountId,
        amount: NearToken,
    },
    #[event_version("1.0.0")]
    Withdrawn {
        user: &'a AccountId,
        amount: NearToken,
    },
    #[event_version("1.0.0")]
    WithdrawalFailed {
        user: &'a AccountId,
        amount: NearToken,
    },
}

#[near]
impl Bank {
    /// Makes an empty bank. Optional: a bank works without it.
    #[init]
    #[private]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the pool how much an account has staked there. The answer comes from the callback
    /// `on_staked_with` and is the value of the transaction.
    pub fn staked_with(&mut self, pool: AccountId, account: AccountId) -> Promise {
        let question = ext_pool::ext(pool.clone())
            .with_static_gas(POOL_GAS)
            .get_account_staked_balance(account);
        question.then(
            Self::ext(env::current_account_id())
                .with_static_gas(CALLBACK_GAS)
                .on_staked_with(pool),
        )
    }

    /// Callback of `staked_with`: returns the pool's answer, and panics when the pool gave none.
    #[private]
    pub fn on_staked_with(
        &self,
        pool: AccountId,
        #[callback_result] answer: Result<NearToken, PromiseError>,
    ) -> NearToken {
        answer.unwrap_or_else(|_| {
            env::panic_str(&format!("{pool} did not say what the account has staked"))
        })
    }

    /// Stakes the attached deposit with the pool. The right order: the user is credited in the callback
    /// `on_staked`, when the stake is known to have succeeded. The value of the transaction is whether it did.
    #[payable]
    pub fn deposit_and_stake(&mut self, pool: AccountId) -> Promise {
        let (user, amount) = deposit();
        stake(pool, amount).then(Self::callback().on_staked(user, amount))
    }

    /// Callback of `deposit_and_stake`: credits the user when the stake succeeded. When it failed the
    /// protocol has returned the deposit to the bank, and the bank returns it to the user.
    #[private]
    pub fn on_staked(&mut self, user: AccountId, amount: NearToken) -> bool {
        let succeeded = call_succeeded();
        if succeeded {
            self.give_credit(&user, amount);
        } else {
            give_back(user, amount);
        }
        succeeded
    }

    /// Stakes the attached deposit with the pool. WRONG ON PURPOSE: the user is credited before the stake has
    /// succeeded, and the callback `on_staked_wrong` leaves the credit when it returns the deposit. After a
    /// failed stake the user can withdraw as well, and gets the money of the other users.
    #[payable]
    pub fn deposit_and_stake_wrong(&mut self, pool: AccountId) -> Promise {
        let (user, amount) = deposit();
        self.give_credit(&user, amount);
        stake(pool, amount).then(Self::callback().on_staked_wrong(user, amount))
    }

    /// Callback of `deposit_and_stake_wrong`. WRONG ON PURPOSE: when the stake failed it returns the deposit to
    /// the user and forgets that the user was credited already.
    #[private]
    pub fn on_staked_wrong(&mut self, user: AccountId, amount: NearToken) -> bool {
        let succeeded = call_succeeded();
        if !succeeded {
            give_back(user, amount);
        }
        succeeded
    }

    /// Stakes the attached deposit with the pool. WRONG ON PURPOSE, and only in one order of receipts: the user
    /// is credited before the stake has succeeded, and `on_staked_racy` takes the credit away when it failed. A
    /// withdrawal that runs between the two is paid, and then the deposit is returned as well.
    #[payable]
    pub fn deposit_and_stake_racy(&mut self, pool: AccountId) -> Promise {
        let (user, amount) = deposit();
        self.give_credit(&user, amount);
        stake(pool, amount).then(Self::callback().on_staked_racy(user, amount))
    }

    /// Callback of `deposit_and_stake_racy`. WRONG ON PURPOSE: when the stake failed it returns the whole deposit
    /// although the user may have withdrawn the credit by now; it takes away only what is left of it.
    #[private]
    pub fn on_staked_racy(&mut self, user: AccountId, amount: NearToken) -> bool {
        let succeeded = call_succeeded();
        if !succeeded {
            let left = self.credit_of(user.clone()).min(amount);
            self.take_credit(&user, left);
            give_back(user, amount);
        }
        succeeded
    }

    /// Pays an amount of the caller's credit from the bank's own balance. Without an amount: all of it. The
    /// credit goes down before the money leaves, so nothing that runs in between can spend it again.
    pub fn withdraw(&mut self, amount: Option<NearToken>) -> Promise {
        let user = env::predecessor_account_id();
        let credit = self.credit_of(user.clone());
        let amount = amount.unwrap_or(credit);
        require!(!amount.is_zero(), format!("{user} has no credit"));
        require!(
            amount <= credit,
            format!(
                "{user} has a credit of {} yoctoNEAR, not {}",
                credit.as_yoctonear(),
                amount.as_yoctonear()
            )
        );
        require!(
            amount < env::account_balance(),
            "the bank does not hold that much: its money is with the pool"
        );
        self.take_credit(&user, amount);
        Promise::new(user.clone())
            .transfer(amount)
            .then(Self::callback().on_withdrawn(user, amount))
    }

    /// Callback of `withdraw`: gives the credit back when the money could not be paid (the user's account is
    /// gone). Returns whether it was paid.
    #[private]
    pub fn on_withdrawn(&mut self, user: AccountId, amount: NearToken) -> bool {
        let succeeded = call_succeeded();
        if succeeded {
            BankEvent::Withdrawn {
                user: &user,
                amount,
            }
            .emit();
        } else {
            self.give_credit(&user, amount);
            BankEvent::WithdrawalFailed {
                user: &user,
                amount,
            }
            .emit();
        }
        succeeded
    }

    /// Unstakes an amount at the pool and takes it back into the bank's own balance. Only the bank's own
    /// account may call it. Both calls are one receipt: they succeed together or not at all.
    #[private]
    pub fn bring_back(&mut self, pool: AccountId, amount: NearToken) -> Promise {
        let args = json!({ "amount": amount }).to_string().into_bytes();
        Promise::new(pool)
            .function_call("unstake", args.clone(), NOTHING, POOL_GAS)
            .function_call("withdraw", args, NOTHING, POOL_GAS)
    }

    /// What the bank owes to an account.
    pub fn credit_of(&self, account: AccountId) -> NearToken {
        self.credit.get(&account).copied().unwrap_or(NOTHING)
    }

    /// What the bank owes to all accounts together.
    pub fn total_credit(&self) -> NearToken {
        self.total_credit
    }
}

impl Bank {
    fn callback() -> BankExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }

    fn give_credit(&mut self, user: &AccountId, amount: NearToken) {
        let credit = self.credit_of(user.clone()).checked_add(amount);
        let total = self.total_credit.checked_add(amount);
        let (Some(credit), Some(total)) = (credit, total) else {
            env::panic_str("the amount is too large");
        };
        self.credit.insert(user.clone(), credit);
        self.total_credit = total;
        BankEvent::Credited { user, amount }.emit();
    }

    fn take_credit(&mut self, user: &AccountId, amount: NearToken) {
        let credit = self.credit_of(user.clone()).saturating_sub(amount);
        self.credit.insert(user.clone(), credit);
        self.total_credit = self.total_credit.saturating_sub(amount);
    }
}

/// Who deposits, and how much.
fn deposit() -> (AccountId, NearToken) {
    let amount = env::attached_deposit();
    require!(!amount.is_zero(), "attach the amount to stake");
    (env::predecessor_account_id(), amount)
}

fn stake(pool: AccountId, amount: NearToken) -> Promise {
    ext_pool::ext(pool)
        .with_static_gas(POOL_GAS)
        .with_attached_deposit(amount)
        .deposit_and_stake()
}

/// Returns the deposit of a failed stake to the user. The callback does not wait for it.
fn give_back(user: AccountId, amount: NearToken) {
    BankEvent::StakeFailed {
        user: &user,
        amount,
    }
    .emit();
    Promise::new(user).transfer(amount).detach();
}

/// Whether the call that this callback is for succeeded. What it returned is not read: pools differ in that, and
/// an answer that cannot be parsed must not make a callback fail that has money to account for.
fn call_succeeded() -> bool {
    matches!(
        env::promise_result_checked(0, 0),
        Ok(_) | Err(PromiseError::TooLong(_))
    )
}
