//! Accounts that come, are paid, and go: runtime_spec 3.

use near_crypto::PublicKey;
use near_primitives::account::id::AccountType;
use near_primitives::account::{AccessKey, AccessKeyPermission, Account, AccountContract};
use near_primitives::errors::ActionErrorKind;
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{DeleteAccountAction, TransferAction};
use near_primitives::trie_key::{TrieKey, trie_key_parsers};
use near_primitives::types::{AccountId, Balance};
use near_primitives::version::ProtocolFeature;

use super::{ActionResult, Execution, GAS_KEY_BALANCE_LIMIT, key_usage};
use crate::runtime::verify::initial_nonce;
use crate::runtime::{global_contracts, rows};

impl Execution<'_> {
    pub(super) fn create_account(&mut self, result: &mut ActionResult) {
        let config = &self.block.config.account_creation_config;
        let account_id = self.account_id().clone();
        let predecessor_id = self.receipt.predecessor_id().clone();
        if account_id.is_top_level() {
            if account_id.len() < config.min_allowed_top_level_account_length as usize
                && predecessor_id != config.registrar_account_id
            {
                return result.fail(ActionErrorKind::CreateAccountOnlyByRegistrar {
                    account_id,
                    registrar_account_id: config.registrar_account_id.clone(),
                    predecessor_id,
                });
            }
        } else if !account_id.is_sub_account_of(&predecessor_id) {
            return result
                .fail(ActionErrorKind::CreateAccountNotAllowed { account_id, predecessor_id });
        }
        self.account = Some(self.new_account(Balance::ZERO));
        self.actor_id = account_id;
    }

    fn new_account(&self, amount: Balance) -> Account {
        let usage = self.block.config.fees.storage_usage_config.num_bytes_account;
        Account::new(amount, Balance::ZERO, AccountContract::None, usage)
    }

    pub(super) fn transfer(&mut self, action: &TransferAction) {
        let Some(account) = &mut self.account else {
            return self.create_by_transfer(action.deposit);
        };
        let amount = account.amount();
        let refunds_gas = self.receipt.predecessor_id().is_system()
            && self.action_receipt.signer_id() == self.receipt.receiver_id();
        if refunds_gas && self.refund_to_key(action.deposit) {
            return;
        }
        self.account_mut().set_amount(
            amount.checked_add(action.deposit).expect("balances stay below the supply"),
        );
    }

    /// What a gas refund does to the key that paid. True when the key took the money itself.
    fn refund_to_key(&mut self, deposit: Balance) -> bool {
        let account_id = self.account_id().clone();
        let public_key = self.action_receipt.signer_public_key().clone();
        let Some(mut key) = rows::access_key(self.state, &account_id, &public_key) else {
            return false;
        };
        let took = if let Some(info) = key.gas_key_info_mut() {
            info.balance = info.balance.checked_add(deposit).expect("below the supply");
            true
        } else if let AccessKeyPermission::FunctionCall(call) = &mut key.permission
            && let Some(allowance) = &mut call.allowance
        {
            *allowance = allowance.saturating_add(deposit);
            false
        } else {
            return false;
        };
        rows::set_access_key(self.state, &account_id, &public_key, &key);
        took
    }

    /// A transfer to an implicit account that does not exist makes it.
    fn create_by_transfer(&mut self, deposit: Balance) {
        let account_id = self.account_id().clone();
        let storage = &self.block.config.fees.storage_usage_config;
        let mut account = self.new_account(deposit);
        match account_id.get_account_type() {
            AccountType::NearImplicitAccount => {
                let public_key = PublicKey::from_near_implicit_account(&account_id)
                    .expect("the id of an implicit account is its key");
                let key = AccessKey {
                    nonce: initial_nonce(self.block.height),
                    permission: AccessKeyPermission::FullAccess,
                };
                account.set_storage_usage(
                    storage.num_bytes_account
                        + key_usage(&public_key, &key, storage.num_extra_bytes_record),
                );
                rows::set_access_key(self.state, &account_id, &public_key, &key);
            }
            AccountType::EthImplicitAccount => {
                let contract = global_contracts::eth_wallet(&self.block.chain_id);
                let usage = storage.num_bytes_account + contract.identifier_storage_usage();
                account = Account::new(deposit, Balance::ZERO, contract, usage);
            }
            AccountType::UniversalAccount => {
                account = Account::new_uninitialized(
                    deposit,
                    storage.num_bytes_account,
                    initial_nonce(self.block.height),
                );
            }
            AccountType::NearDeterministicAccount | AccountType::NamedAccount => {}
        }
        self.account = Some(account);
        self.actor_id = account_id;
    }

    pub(super) fn delete_account(
        &mut self,
        action: &DeleteAccountAction,
        result: &mut ActionResult,
    ) {
        let account_id = self.account_id().clone();
        let contract_usage =
            if self.block.enabled(ProtocolFeature::FixDeleteAccountGlobalContractStorageUsage) {
                self.contract_usage()
            } else {
                self.local_code_len()
            };
        let account = self.account_mut();
        let usage = account.storage_usage().saturating_sub(contract_usage);
        if usage > Account::MAX_ACCOUNT_DELETION_STORAGE_USAGE {
            return result.fail(ActionErrorKind::DeleteAccountWithLargeState { account_id });
        }
        let amount = account.amount();
        let balance = self.gas_keys_balance(&account_id);
        if balance > GAS_KEY_BALANCE_LIMIT {
            return result.fail(ActionErrorKind::GasKeyBalanceTooHigh {
                account_id,
                public_key: None,
                balance,
            });
        }
        result.burn_tokens(balance);
        if amount > Balance::ZERO {
            result.new_receipts.push(Receipt::new_balance_refund(&action.beneficiary_id, amount));
        }
        self.remove_rows(&account_id);
        self.account = None;
        self.actor_id = self.receipt.predecessor_id().clone();
    }

    fn gas_keys_balance(&self, account_id: &AccountId) -> Balance {
        let prefix = trie_key_parsers::get_raw_prefix_for_access_keys(account_id);
        self.state
            .keys_with_prefix(&prefix)
            .iter()
            .filter(|raw| !is_nonce_row(raw, account_id))
            .filter_map(|raw| self.state.get_raw(raw))
            .filter_map(|bytes| borsh::from_slice::<AccessKey>(&bytes).ok())
            .filter_map(|key| key.gas_key_info().map(|info| info.balance))
            .fold(Balance::ZERO, Balance::saturating_add)
    }

    /// Everything an account has in the state.
    fn remove_rows(&mut self, account_id: &AccountId) {
        self.state.remove(TrieKey::Account { account_id: account_id.clone() });
        self.state.remove(TrieKey::ContractCode { account_id: account_id.clone() });
        let prefix = trie_key_parsers::get_raw_prefix_for_access_keys(account_id);
        for raw in self.state.keys_with_prefix(&prefix) {
            let key_handle =
                trie_key_parsers::parse_key_handle_from_access_key_key(&raw, account_id)
                    .expect("a row of this account's keys");
            let index =
                trie_key_parsers::parse_nonce_index_from_gas_key_key(&raw, account_id, &key_handle)
                    .expect("a row of this account's keys");
            let account_id = account_id.clone();
            self.state.remove(match index {
                None => TrieKey::AccessKey { account_id, key_handle },
                Some(index) => TrieKey::GasKeyNonce { account_id, key_handle, index },
            });
        }
        let prefix = trie_key_parsers::get_raw_prefix_for_contract_data(account_id, &[]);
        for raw in self.state.keys_with_prefix(&prefix) {
            let key = raw[prefix.len()..].to_vec();
            self.state.remove(TrieKey::ContractData { account_id: account_id.clone(), key });
        }
    }
}

fn is_nonce_row(raw: &[u8], account_id: &AccountId) -> bool {
    trie_key_parsers::parse_key_handle_from_access_key_key(raw, account_id)
        .and_then(|key| trie_key_parsers::parse_nonce_index_from_gas_key_key(raw, account_id, &key))
        .is_ok_and(|index| index.is_some())
}
