//! What a token is sent to by `ft_transfer_call`. The message tells it what to do: `keep` all, `return` all, `panic`, or
//! `spend`: pass all on to the account named after it, and claim all the same not to have used any.

use near_sdk::json_types::U128;
use near_sdk::{env, ext_contract, near, AccountId, Gas, NearToken, Promise, PromiseOrValue};

const TRANSFER_GAS: Gas = Gas::from_tgas(3);
const CLAIM_GAS: Gas = Gas::from_tgas(2);

/// What the receiver calls at the token.
#[ext_contract(ext_token)]
#[allow(dead_code)]
trait Token {
    fn ft_transfer(&mut self, receiver_id: AccountId, amount: U128, memo: Option<String>);
}

/// Nothing is kept here. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct TokenReceiver {}

#[near]
impl TokenReceiver {
    /// Called by a token when it has moved tokens here. Returns how many were not used.
    pub fn ft_on_transfer(
        &mut self,
        sender_id: AccountId,
        amount: U128,
        msg: String,
    ) -> PromiseOrValue<U128> {
        env::log_str(&format!("{} tokens from {sender_id}: {msg}", amount.0));
        match msg.split_once(' ').unwrap_or((&msg, "")) {
            ("keep", _) => PromiseOrValue::Value(U128(0)),
            ("return", _) => PromiseOrValue::Value(amount),
            ("spend", to) => spend(account(to), amount).into(),
            _ => env::panic_str("the receiver was told to fail"),
        }
    }

    /// Says how many tokens were not used, after they were spent.
    #[private]
    pub fn claim(&self, amount: U128) -> U128 {
        amount
    }
}

fn spend(to: AccountId, amount: U128) -> Promise {
    ext_token::ext(env::predecessor_account_id())
        .with_static_gas(TRANSFER_GAS)
        .with_attached_deposit(NearToken::from_yoctonear(1))
        .ft_transfer(to, amount, None)
        .then(
            TokenReceiver::ext(env::current_account_id())
                .with_static_gas(CLAIM_GAS)
                .claim(amount),
        )
}

fn account(name: &str) -> AccountId {
    name.parse()
        .unwrap_or_else(|_| env::panic_str("name an account to spend the tokens on"))
}
