//! Things that have one owner each: the core of NEP-171, with its events. The account of the contract makes them.
//!
//! `nft_transfer_call` gives a thing away and tells the receiver in a call; a receiver that does not want it, or
//! fails, sends it back: `nft_resolve_transfer` undoes the transfer then, if the receiver still has the thing.

use near_sdk::serde::Serialize;
use near_sdk::store::LookupMap;
use near_sdk::{
    assert_one_yocto, env, ext_contract, near, require, AccountId, Gas, PromiseOrValue,
};

/// Gas for `nft_resolve_transfer`, and for the way to it.
const RESOLVE_GAS: Gas = Gas::from_tgas(5);
/// The least that the receiver's call gets.
const RECEIVER_GAS: Gas = Gas::from_tgas(25);

/// What the receiver of a thing is called with: true sends the thing back.
#[ext_contract(ext_receiver)]
#[allow(dead_code)]
trait Receiver {
    fn nft_on_transfer(
        &mut self,
        sender_id: AccountId,
        previous_owner_id: AccountId,
        token_id: String,
        msg: String,
    ) -> bool;
}

/// A thing as NEP-171 describes it.
#[near(serializers = [json])]
pub struct Token {
    pub token_id: String,
    pub owner_id: AccountId,
}

/// Whose everything is. Usable right after the deploy.
#[near(contract_state)]
pub struct Collectibles {
    owners: LookupMap<String, AccountId>,
}

impl Default for Collectibles {
    fn default() -> Self {
        Self {
            owners: LookupMap::new(b"o"),
        }
    }
}

/// The events of NEP-171.
#[near(event_json(standard = "nep171"))]
enum NftEvent<'a> {
    #[event_version("1.0.0")]
    NftMint(Vec<Mint<'a>>),
    #[event_version("1.0.0")]
    NftTransfer(Vec<Transfer<'a>>),
}

#[derive(Serialize)]
#[serde(crate = "near_sdk::serde")]
struct Mint<'a> {
    owner_id: &'a AccountId,
    token_ids: Vec<&'a String>,
}

#[derive(Serialize)]
#[serde(crate = "near_sdk::serde")]
struct Transfer<'a> {
    old_owner_id: &'a AccountId,
    new_owner_id: &'a AccountId,
    token_ids: Vec<&'a String>,
}

#[near]
impl Collectibles {
    /// Makes a thing. Only the contract's own account may.
    #[private]
    pub fn nft_mint(&mut self, token_id: String, receiver_id: AccountId) -> Token {
        require!(
            !self.owners.contains_key(&token_id),
            "there is a thing of this name"
        );
        NftEvent::NftMint(vec![Mint {
            owner_id: &receiver_id,
            token_ids: vec![&token_id],
        }])
        .emit();
        self.owners.insert(token_id.clone(), receiver_id.clone());
        Token {
            token_id,
            owner_id: receiver_id,
        }
    }

    /// A thing, or nothing where there is none of this name.
    pub fn nft_token(&self, token_id: String) -> Option<Token> {
        let owner_id = self.owners.get(&token_id)?.clone();
        Some(Token { token_id, owner_id })
    }

    /// Gives a thing away. One yoctoNEAR has to be attached, so that only a key with full access can do it.
    #[payable]
    pub fn nft_transfer(&mut self, receiver_id: AccountId, token_id: String) {
        assert_one_yocto();
        self.give(&env::predecessor_account_id(), &receiver_id, &token_id);
    }

    /// Gives a thing away and tells the receiver, which may send it back. Returns whether the receiver kept it.
    #[payable]
    pub fn nft_transfer_call(
        &mut self,
        receiver_id: AccountId,
        token_id: String,
        msg: String,
    ) -> PromiseOrValue<bool> {
        assert_one_yocto();
        require!(
            env::prepaid_gas() >= RECEIVER_GAS.saturating_add(RESOLVE_GAS),
            "attach at least 30 Tgas"
        );
        let sender = env::predecessor_account_id();
        self.give(&sender, &receiver_id, &token_id);
        ext_receiver::ext(receiver_id.clone())
            .nft_on_transfer(sender.clone(), sender.clone(), token_id.clone(), msg)
            .then(
                Self::ext(env::current_account_id())
                    .with_static_gas(RESOLVE_GAS)
                    .with_unused_gas_weight(0)
                    .nft_resolve_transfer(sender, receiver_id, token_id),
            )
            .into()
    }

    /// Callback: undoes the transfer when the receiver said so or failed, and still has the thing.
    #[private]
    pub fn nft_resolve_transfer(
        &mut self,
        previous_owner_id: AccountId,
        receiver_id: AccountId,
        token_id: String,
    ) -> bool {
        let returned = match env::promise_result_checked(0, 5) {
            Ok(answer) => answer != b"false",
            Err(_) => true,
        };
        let has_it = self.owners.get(&token_id) == Some(&receiver_id);
        if returned && has_it {
            self.give(&receiver_id, &previous_owner_id, &token_id);
        }
        !(returned && has_it)
    }
}

impl Collectibles {
    fn give(&mut self, from: &AccountId, to: &AccountId, token_id: &String) {
        require!(
            self.owners.get(token_id) == Some(from),
            "the thing is not yours to give"
        );
        require!(from != to, "the thing is yours already");
        self.owners.insert(token_id.clone(), to.clone());
        NftEvent::NftTransfer(vec![Transfer {
            old_owner_id: from,
            new_owner_id: to,
            token_ids: vec![token_id],
        }])
        .emit();
    }
}
