//! A small fungible token (NEP-141, with the metadata of NEP-148). Accounts need no registration.
//!
//! * bad: transfers ask for no yoctoNEAR, so a key that may only call the contract, such as one in a web page, can move
//!   tokens; and `ft_resolve_transfer` returns what the receiver claims not to have used, whether it still has it or not.
//! * good: transfers ask for one yoctoNEAR, which only a full-access key can attach; and what is returned to the sender is
//!   taken from the receiver, as far as it is there.

use near_sdk::json_types::U128;
use near_sdk::store::LookupMap;
use near_sdk::{
    env, ext_contract, near, require, AccountId, Gas, PanicOnDefault, Promise, PromiseOrValue,
};

#[cfg(not(feature = "good"))]
mod bad;
#[cfg(feature = "good")]
mod good;

/// Gas for the receiver, at least, and for `ft_resolve_transfer`.
const RECEIVER_GAS: Gas = Gas::from_tgas(10);
const RESOLVE_GAS: Gas = Gas::from_tgas(5);

/// What the token calls at a receiver: it returns how many of the tokens it has not used.
#[ext_contract(ext_receiver)]
#[allow(dead_code)]
trait Receiver {
    fn ft_on_transfer(
        &mut self,
        sender_id: AccountId,
        amount: U128,
        msg: String,
    ) -> PromiseOrValue<U128>;
}

/// Who has how many tokens.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Token {
    balances: LookupMap<AccountId, u128>,
    total_supply: u128,
}

/// What the token reports, as events of NEP-141.
#[near(event_json(standard = "nep141"))]
enum TokenEvent {
    #[event_version("1.0.0")]
    FtMint([Minted; 1]),
    #[event_version("1.0.0")]
    FtTransfer([Transferred; 1]),
}

#[near(serializers = [json])]
struct Minted {
    owner_id: AccountId,
    amount: U128,
}

#[near(serializers = [json])]
struct Transferred {
    old_owner_id: AccountId,
    new_owner_id: AccountId,
    amount: U128,
    #[serde(skip_serializing_if = "Option::is_none")]
    memo: Option<String>,
}

/// What wallets show (NEP-148).
#[near(serializers = [json])]
pub struct Metadata {
    pub spec: String,
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
}

#[near]
impl Token {
    /// Begins with all tokens in the owner's hands.
    #[init]
    pub fn new(owner_id: AccountId, total_supply: U128) -> Self {
        let mut balances = LookupMap::new(b"b");
        balances.insert(owner_id.clone(), total_supply.0);
        TokenEvent::FtMint([Minted {
            owner_id,
            amount: total_supply,
        }])
        .emit();
        Self {
            balances,
            total_supply: total_supply.0,
        }
    }

    /// How many tokens there are.
    pub fn ft_total_supply(&self) -> U128 {
        self.total_supply.into()
    }

    /// How many tokens an account has.
    pub fn ft_balance_of(&self, account_id: AccountId) -> U128 {
        self.balance(&account_id).into()
    }

    /// What wallets show.
    pub fn ft_metadata(&self) -> Metadata {
        Metadata {
            spec: "ft-1.0.0".to_string(),
            name: "Twin".to_string(),
            symbol: "TWIN".to_string(),
            decimals: 6,
        }
    }
}

impl Token {
    fn balance(&self, account: &AccountId) -> u128 {
        self.balances.get(account).copied().unwrap_or(0)
    }

    /// Moves tokens; panics when there are fewer.
    fn move_tokens(
        &mut self,
        from: &AccountId,
        to: &AccountId,
        amount: u128,
        memo: Option<String>,
    ) {
        require!(from != to, "sender and receiver are the same");
        require!(amount > 0, "the amount must be positive");
        let Some(left) = self.balance(from).checked_sub(amount) else {
            env::panic_str(&format!("{from} has {} tokens", self.balance(from)));
        };
        self.balances.insert(from.clone(), left);
        self.balances
            .insert(to.clone(), self.balance(to).saturating_add(amount));
        report_transfer(from, to, amount, memo);
    }

    /// Calls a receiver to whom tokens were moved, and resolves what it says.
    fn call_receiver(sender: AccountId, receiver: AccountId, amount: U128, msg: String) -> Promise {
        ext_receiver::ext(receiver.clone())
            .with_static_gas(RECEIVER_GAS)
            .ft_on_transfer(sender.clone(), amount, msg)
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(RESOLVE_GAS)
                    .ft_resolve_transfer(sender, receiver, amount),
            )
    }
}

fn report_transfer(from: &AccountId, to: &AccountId, amount: u128, memo: Option<String>) {
    TokenEvent::FtTransfer([Transferred {
        old_owner_id: from.clone(),
        new_owner_id: to.clone(),
        amount: amount.into(),
        memo,
    }])
    .emit();
}
