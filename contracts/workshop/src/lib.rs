//! Three things that contracts do beside calls and payments:
//!
//! * Gifts: money behind an access key. Who holds the key signs as this contract, and has it sent to an account.
//! * Accounts made to order: below this contract's own, with a global contract to run.
//! * Questions that wait: a call that has its result when another account has given it, or after 200 blocks.
//!
//! Whatever fails on the way, the money goes back to who gave it.

use near_sdk::serde_json::json;
use near_sdk::store::LookupMap;
use near_sdk::{
    env, near, require, AccountId, Allowance, Gas, GasWeight, NearToken, Promise, PromiseError,
    PublicKey, YieldId,
};

/// Gas for a callback, the transfer that it makes included.
const CALLBACK_GAS: Gas = Gas::from_tgas(15);
/// What a gift's key may spend on gas.
const KEY_ALLOWANCE: NearToken = NearToken::from_millinear(200);

/// Money for whoever holds the key.
#[near(serializers = [borsh])]
struct Gift {
    giver: AccountId,
    amount: NearToken,
}

/// A question that nobody has answered yet.
#[near(serializers = [borsh])]
struct Question {
    waiting: YieldId,
    asker: AccountId,
    reward: NearToken,
}

/// Gifts and questions. Usable right after the deploy.
#[near(contract_state)]
pub struct Workshop {
    gifts: LookupMap<PublicKey, Gift>,
    questions: LookupMap<String, Question>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self {
            gifts: LookupMap::new(b"g"),
            questions: LookupMap::new(b"q"),
        }
    }
}

/// Gifts.
#[near]
impl Workshop {
    /// Puts the attached deposit, less what the key may spend on gas, behind a key.
    #[payable]
    pub fn give(&mut self, public_key: PublicKey) -> Promise {
        let amount = env::attached_deposit()
            .checked_sub(KEY_ALLOWANCE)
            .filter(|amount| !amount.is_zero());
        let Some(amount) = amount else {
            env::panic_str("attach more than the key needs for gas: 0.2 NEAR")
        };
        require!(
            !self.gifts.contains_key(&public_key),
            "there is a gift behind this key"
        );
        let giver = env::predecessor_account_id();
        self.gifts
            .insert(public_key.clone(), Gift { giver, amount });
        let allowance = Allowance::limited(KEY_ALLOWANCE).unwrap();
        let here = env::current_account_id();
        Promise::new(here.clone()).add_access_key_allowance(
            public_key,
            allowance,
            here,
            "claim".to_string(),
        )
    }

    /// Sends the gift behind the key that signs this to an account.
    #[private]
    pub fn claim(&mut self, account_id: AccountId) -> Promise {
        let key = env::signer_account_pk();
        let Some(gift) = self.gifts.remove(&key) else {
            env::panic_str("there is no gift behind this key")
        };
        Promise::new(account_id).transfer(gift.amount).then(
            Self::ext(env::current_account_id())
                .with_static_gas(CALLBACK_GAS)
                .on_claimed(key, gift.giver, gift.amount),
        )
    }

    /// Callback: takes the key away; when the account could not be paid, the gift is there again.
    #[private]
    pub fn on_claimed(
        &mut self,
        public_key: PublicKey,
        giver: AccountId,
        amount: NearToken,
        #[callback_result] paid: Result<(), PromiseError>,
    ) -> bool {
        if paid.is_ok() {
            Promise::new(env::current_account_id())
                .delete_key(public_key)
                .detach();
        } else {
            self.gifts.insert(public_key, Gift { giver, amount });
        }
        paid.is_ok()
    }

    /// What is behind a key, if anything.
    pub fn gift(&self, public_key: PublicKey) -> Option<NearToken> {
        self.gifts.get(&public_key).map(|gift| gift.amount)
    }
}

/// Accounts made to order.
#[near]
impl Workshop {
    /// Makes the account `name` below this one, with the attached deposit, running the publisher's global contract.
    #[payable]
    pub fn build(&mut self, name: String, publisher: AccountId) -> Promise {
        let account: AccountId = format!("{name}.{}", env::current_account_id())
            .parse()
            .unwrap_or_else(|_| env::panic_str("the name makes no account id"));
        let deposit = env::attached_deposit();
        Promise::new(account)
            .create_account()
            .transfer(deposit)
            .use_global_contract_by_account_id(publisher)
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(CALLBACK_GAS)
                    .on_built(env::predecessor_account_id(), deposit),
            )
    }

    /// Callback: gives the deposit back when the account could not be made.
    #[private]
    pub fn on_built(
        &mut self,
        customer: AccountId,
        deposit: NearToken,
        #[callback_result] built: Result<(), PromiseError>,
    ) -> bool {
        if built.is_err() {
            Promise::new(customer).transfer(deposit).detach();
        }
        built.is_ok()
    }
}

/// Questions that wait.
#[near]
impl Workshop {
    /// Asks; the result of the call is the answer, or nothing after 200 blocks. The attached deposit is the reward.
    #[payable]
    pub fn ask(&mut self, question: String) -> Promise {
        require!(
            !self.questions.contains_key(&question),
            "this has been asked"
        );
        let arguments = json!({ "question": question }).to_string();
        let (promise, waiting) =
            Promise::new_yield("on_answer", arguments, CALLBACK_GAS, GasWeight(0));
        let asked = Question {
            waiting,
            asker: env::predecessor_account_id(),
            reward: env::attached_deposit(),
        };
        self.questions.insert(question, asked);
        promise
    }

    /// Answers, and gets the reward.
    pub fn answer(&mut self, question: String, text: String) {
        let Some(asked) = self.questions.remove(&question) else {
            env::panic_str("nobody waits for this")
        };
        require!(
            asked.waiting.resume(json!(text).to_string()).is_ok(),
            "nobody waits any more"
        );
        Promise::new(env::predecessor_account_id())
            .transfer(asked.reward)
            .detach();
    }

    /// Callback: passes the answer on; when none came, the reward goes back to who asked.
    #[private]
    pub fn on_answer(
        &mut self,
        question: String,
        #[callback_result] answer: Result<String, PromiseError>,
    ) -> Option<String> {
        if let Some(asked) = self.questions.remove(&question) {
            Promise::new(asked.asker).transfer(asked.reward).detach();
        }
        answer.ok()
    }
}
