//! A small world on the chain's own interface: accounts with keys from their names, transactions, balances.

#![allow(dead_code)] // Each test file uses its part.

use std::collections::HashMap;

use _engine::cache::contract_cache;
use _engine::chain::{BlockMode, Chain, Clock, Options, StoredOutcome, sandbox_genesis};
use near_crypto::{InMemorySigner, KeyType, PublicKey, Signer};
use near_primitives::account::{AccessKey, Account};
use near_primitives::action::{AddKeyAction, CreateAccountAction, TransferAction};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{
    Action, FunctionCallAction, SignedTransaction, Transaction, TransactionV0,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, Balance, Gas};

/// `burn` runs until its gas is gone; `noop` does nothing.
pub const BURNER: &[u8] = &[
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // header
    0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // type: () -> ()
    0x03, 0x03, 0x02, 0x00, 0x00, // two functions of it
    0x07, 0x0f, 0x02, 0x04, b'b', b'u', b'r', b'n', 0x00, 0x00, // export burn
    0x04, b'n', b'o', b'o', b'p', 0x00, 0x01, // export noop
    0x0a, 0x0c, 0x02, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b, // loop br 0
    0x02, 0x00, 0x0b,
];

pub fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

pub fn near(amount: u128) -> Balance {
    Balance::from_near(amount)
}

pub fn signer(name: &str, kind: KeyType) -> Signer {
    InMemorySigner::from_seed(id(name), kind, name)
}

pub fn key(name: &str) -> PublicKey {
    signer(name, KeyType::ED25519).public_key()
}

pub fn transfer(amount: Balance) -> Action {
    Action::Transfer(TransferAction { deposit: amount })
}

pub fn call(method: &str, tgas: u64) -> Action {
    Action::FunctionCall(Box::new(FunctionCallAction {
        method_name: method.to_owned(),
        args: Vec::new(),
        gas: Gas::from_teragas(tgas),
        deposit: Balance::ZERO,
    }))
}

pub fn add_key(public_key: PublicKey) -> Action {
    Action::AddKey(Box::new(AddKeyAction { public_key, access_key: AccessKey::full_access() }))
}

pub fn options() -> Options {
    Options {
        blocks: BlockMode::Auto,
        clock: Clock::Steps,
        cache: contract_cache(None).unwrap(),
        debug_log: Default::default(),
        node: Default::default(),
    }
}

pub struct World {
    pub chain: Chain,
    nonces: HashMap<PublicKey, u64>,
}

impl World {
    pub fn new(protocol_version: u32) -> World {
        let genesis =
            sandbox_genesis("sandbox", Some("sandbox"), "sandbox", protocol_version, 60, 1_000)
                .unwrap();
        let mut chain = Chain::new(&genesis, options()).unwrap();
        chain.produce_block();
        World { chain, nonces: HashMap::new() }
    }

    pub fn account(&self, name: &str) -> Option<Account> {
        let key = TrieKey::Account { account_id: id(name) }.to_vec();
        let bytes = self.chain.head().applied.state.get(&key)?;
        Some(borsh::from_slice(bytes).unwrap())
    }

    pub fn amount(&self, name: &str) -> Balance {
        self.account(name).map_or(Balance::ZERO, |account| account.amount())
    }

    /// A signed transaction with a nonce that no other one has.
    pub fn sign(
        &mut self,
        signer: &Signer,
        receiver: &str,
        actions: Vec<Action>,
    ) -> SignedTransaction {
        let public_key = signer.public_key();
        // Above what a key gets when it is added now, below the bound of the next block.
        let least = (self.chain.height() - 1) * 1_000_000;
        let nonce = self.nonces.get(&public_key).copied().unwrap_or(0).max(least) + 1;
        self.nonces.insert(public_key.clone(), nonce);
        let transaction = Transaction::V0(TransactionV0 {
            signer_id: signer.get_account_id(),
            public_key,
            nonce,
            receiver_id: id(receiver),
            block_hash: self.chain.head().hash,
            actions,
        });
        let signature = signer.sign(transaction.get_hash_and_size().0.as_ref());
        SignedTransaction::new(signature, transaction)
    }

    /// Puts a transaction into the pool.
    pub fn submit(
        &mut self,
        signer: &Signer,
        receiver: &str,
        actions: Vec<Action>,
    ) -> Result<CryptoHash, InvalidTxError> {
        let signed = self.sign(signer, receiver, actions);
        let hash = signed.get_hash();
        self.chain.submit(signed).map(|()| hash)
    }

    /// Sends a transaction and runs everything that follows from it. The outcomes: its own first, then depth first.
    pub fn send(
        &mut self,
        signer: &Signer,
        receiver: &str,
        actions: Vec<Action>,
    ) -> Result<Vec<std::sync::Arc<StoredOutcome>>, InvalidTxError> {
        let hash = self.submit(signer, receiver, actions)?;
        self.settle();
        Ok(self.tree(&hash))
    }

    pub fn by(
        &mut self,
        name: &str,
        receiver: &str,
        actions: Vec<Action>,
    ) -> Vec<std::sync::Arc<StoredOutcome>> {
        let signer = signer(name, KeyType::ED25519);
        self.send(&signer, receiver, actions).unwrap()
    }

    pub fn settle(&mut self) {
        for _ in 0..100 {
            if !self.chain.in_flight() {
                return;
            }
            self.chain.produce_block();
        }
        panic!("the chain does not come to rest");
    }

    pub fn tree(&self, root: &CryptoHash) -> Vec<std::sync::Arc<StoredOutcome>> {
        let mut found = Vec::new();
        let mut open = vec![*root];
        while let Some(id) = open.pop() {
            let outcome = self.chain.outcome(&id).expect("everything has run").clone();
            open.extend(outcome.outcome.outcome.receipt_ids.iter().rev());
            found.push(outcome);
        }
        found
    }

    /// A sub-account of the root with a full-access key of its name.
    pub fn create(&mut self, name: &str, amount: Balance) {
        let outcomes = self.by(
            "sandbox",
            name,
            vec![
                Action::CreateAccount(CreateAccountAction {}),
                transfer(amount),
                add_key(key(name)),
            ],
        );
        assert!(self.account(name).is_some(), "{:?}", outcomes[1].outcome);
    }
}

/// Whether an outcome is a failure, as text for assertions.
pub fn failure(outcome: &StoredOutcome) -> String {
    use near_primitives::transaction::ExecutionStatus;
    match &outcome.outcome.outcome.status {
        ExecutionStatus::Failure(error) => format!("{error:?}"),
        _ => String::new(),
    }
}
