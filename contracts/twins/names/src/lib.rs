//! A register of names that are bought and sold. A name is its owner's when the clerk approves; until then the entry is
//! there, so that nobody else registers the same, and goes away when the clerk does not approve.
//!
//! * bad: the entry can be sold before the clerk has approved. Who buys it has bought nothing when it goes away.
//! * good: what is not confirmed is not for sale.

use books::Books;
use near_sdk::store::LookupMap;
use near_sdk::{
    env, ext_contract, is_promise_success, near, require, AccountId, Gas, NearToken,
    PanicOnDefault, Promise,
};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

const CLERK_GAS: Gas = Gas::from_tgas(5);
const CALLBACK_GAS: Gas = Gas::from_tgas(10);

/// What the register asks the clerk.
#[ext_contract(ext_clerk)]
#[allow(dead_code)]
trait Clerk {
    fn approves(&self, user: AccountId) -> bool;
}

/// Whose a name is, and what it costs if it is for sale.
#[near(serializers = [json, borsh])]
#[derive(Clone, Debug)]
pub struct Entry {
    pub owner: AccountId,
    pub price: Option<NearToken>,
    pub confirmed: bool,
}

/// All names, and what those have earned who have sold some.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Names {
    clerk: AccountId,
    entries: LookupMap<String, Entry>,
    earned: Books,
}

#[near]
impl Names {
    /// Begins without names, and with the clerk who is asked about those who register one.
    #[init]
    pub fn new(clerk: AccountId) -> Self {
        Self {
            clerk,
            entries: LookupMap::new(b"e"),
            earned: Books::default(),
        }
    }

    /// Registers a name for the caller, if the clerk approves. The value is whether it did.
    pub fn register(&mut self, name: String) -> Promise {
        require!(!self.entries.contains_key(&name), "the name is taken");
        let owner = env::predecessor_account_id();
        let entry = Entry {
            owner: owner.clone(),
            price: None,
            confirmed: false,
        };
        self.entries.insert(name.clone(), entry);
        ext_clerk::ext(self.clerk.clone())
            .with_static_gas(CLERK_GAS)
            .approves(owner)
            .then(Self::callback().on_approved(name))
    }

    /// Callback of `register`: confirms the entry, or removes it unless the clerk's answer is a clear yes.
    #[private]
    pub fn on_approved(&mut self, name: String) -> bool {
        let answer = env::promise_result_checked(0, "true".len());
        let approved = answer.is_ok_and(|answer| answer == b"true");
        if approved {
            self.entry_mut(&name).confirmed = true;
        } else {
            self.entries.remove(&name);
        }
        approved
    }

    /// Offers a name of the caller for sale.
    pub fn offer(&mut self, name: String, price: NearToken) {
        let entry = self.entry_mut(&name);
        require!(
            entry.owner == env::predecessor_account_id(),
            "the name is not yours"
        );
        entry.price = Some(price);
    }

    /// Pays the caller what was earned. The books go down before the money leaves.
    pub fn withdraw(&mut self) -> Promise {
        let user = env::predecessor_account_id();
        let amount = self.earned.balance_of(&user);
        self.earned.debit(&user, amount);
        Promise::new(user.clone())
            .transfer(amount)
            .then(Self::callback().on_withdrawn(user, amount))
    }

    /// Callback of `withdraw`: restores the books when the money could not be paid.
    #[private]
    pub fn on_withdrawn(&mut self, user: AccountId, amount: NearToken) -> bool {
        let paid = is_promise_success();
        if !paid {
            self.earned.credit(&user, amount);
        }
        paid
    }

    /// The entry of a name; null if nobody has it.
    pub fn entry(&self, name: String) -> Option<Entry> {
        self.entries.get(&name).cloned()
    }

    /// What an account has earned and not withdrawn.
    pub fn earned_by(&self, account: AccountId) -> NearToken {
        self.earned.balance_of(&account)
    }
}

impl Names {
    fn callback() -> NamesExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }

    fn entry_mut(&mut self, name: &str) -> &mut Entry {
        self.entries
            .get_mut(name)
            .unwrap_or_else(|| env::panic_str("nobody has this name"))
    }

    /// Makes a name the caller's for the attached deposit, which must be its price.
    fn hand_over(&mut self, name: &str) {
        let paid = env::attached_deposit();
        let entry = self.entry_mut(name);
        require!(entry.price == Some(paid), "attach the price of the name");
        let seller = entry.owner.clone();
        entry.owner = env::predecessor_account_id();
        entry.price = None;
        self.earned.credit(&seller, paid);
    }
}
