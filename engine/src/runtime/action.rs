//! One action of a receipt: what is common to all, and the simple ones. runtime_spec 3.

use std::sync::Arc;

use near_crypto::PublicKey;
use near_primitives::account::id::AccountType;
use near_primitives::account::{AccessKey, AccessKeyPermission, Account, AccountContract};
use near_primitives::errors::{ActionError, ActionErrorKind};
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::transaction::{
    Action, DeleteAccountAction, DeployContractAction, StakeAction, TransferAction,
};
use near_primitives::trie_key::{TrieKey, trie_key_parsers};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{AccountId, Balance, Gas};
use near_primitives::utils::create_action_hash_from_receipt_id;
use near_primitives::version::ProtocolFeature;
use near_vm_runner::ProfileDataV3;
use near_vm_runner::logic::types::{PromiseResult, ReturnData};

use super::context::BlockContext;
use super::fees::exec_fee;
use super::rows;
use super::verify::initial_nonce;
use crate::state::Overlay;

/// Gas keys with more than this in total keep their account or key from being deleted: 1 NEAR.
pub const GAS_KEY_BALANCE_LIMIT: Balance = Balance::from_near(1);

/// What an action, or a whole receipt, did.
pub struct ActionResult {
    pub gas_burnt: Gas,
    /// Burnt, and attached to new receipts.
    pub gas_used: Gas,
    pub compute: u64,
    pub gas_burnt_for_function_call: Gas,
    pub logs: Vec<String>,
    pub profile: ProfileDataV3,
    pub result: Result<ReturnData, ActionError>,
    pub new_receipts: Vec<Receipt>,
    pub proposals: Vec<ValidatorStake>,
    /// Beyond gas: storage of global contracts, what deleted gas keys held.
    pub tokens_burnt: Balance,
    /// Minted for one-yocto deposits of contracts that have nothing.
    pub subsidised: Balance,
    /// The contract of the account before each action.
    pub contracts: Vec<AccountContract>,
}

impl Default for ActionResult {
    fn default() -> Self {
        ActionResult {
            gas_burnt: Gas::ZERO,
            gas_used: Gas::ZERO,
            compute: 0,
            gas_burnt_for_function_call: Gas::ZERO,
            logs: Vec::new(),
            profile: ProfileDataV3::default(),
            result: Ok(ReturnData::None),
            new_receipts: Vec::new(),
            proposals: Vec::new(),
            tokens_burnt: Balance::ZERO,
            subsidised: Balance::ZERO,
            contracts: Vec::new(),
        }
    }
}

impl ActionResult {
    /// Burns gas now, with the compute that goes with it.
    pub fn burn(&mut self, gas: Gas, compute: u64) {
        self.gas_burnt = sum(self.gas_burnt, gas);
        self.gas_used = sum(self.gas_used, gas);
        self.compute += compute;
    }

    /// Sets gas aside for a new receipt.
    pub fn use_gas(&mut self, gas: Gas) {
        self.gas_used = sum(self.gas_used, gas);
    }

    pub fn fail(&mut self, kind: ActionErrorKind) {
        self.result = Err(kind.into());
    }

    pub fn burn_tokens(&mut self, amount: Balance) {
        self.tokens_burnt = plus(self.tokens_burnt, amount);
    }
}

pub fn sum(a: Gas, b: Gas) -> Gas {
    a.checked_add(b).expect("gas of one receipt fits")
}

pub fn plus(a: Balance, b: Balance) -> Balance {
    a.checked_add(b).expect("below the supply")
}

/// The receipt that is executed, and the account as its actions have left it so far.
pub struct Execution<'a> {
    pub block: &'a BlockContext,
    pub state: &'a mut Overlay,
    pub receipt: &'a Receipt,
    pub action_receipt: &'a VersionedActionReceipt<'a>,
    pub promise_results: Arc<[PromiseResult]>,
    pub proof_before: usize,
    pub account: Option<Account>,
    /// In whose name the next action acts: the predecessor, or the account itself once it was created here.
    pub actor_id: AccountId,
}

impl Execution<'_> {
    pub fn account_id(&self) -> &AccountId {
        self.receipt.receiver_id()
    }

    fn is_refund(&self) -> bool {
        self.receipt.predecessor_id().is_system()
    }

    /// The account, which the checks before have found.
    pub fn account_mut(&mut self) -> &mut Account {
        self.account.as_mut().expect("actions on missing accounts are refused before")
    }

    /// Runs the action with this index.
    pub fn action(&mut self, index: usize) -> ActionResult {
        let action = &self.action_receipt.actions()[index];
        let account_id = self.account_id().clone();
        let mut result = ActionResult::default();
        let fee = exec_fee(&self.block.config, action, &account_id).expect("fees fit");
        result.burn(fee.gas, fee.compute);
        if let Some(account) = &self.account {
            result.contracts.push(account.contract().into_owned());
        } else {
            result.contracts.push(AccountContract::None);
        }
        if let Err(kind) = self.check_existence(action).and_then(|()| self.check_permission(action))
        {
            result.fail(kind);
            return result;
        }
        match action {
            Action::CreateAccount(_) => self.create_account(&mut result),
            Action::DeployContract(a) => self.deploy(a),
            Action::FunctionCall(a) => self.function_call(index, a, &mut result),
            Action::Transfer(a) => self.transfer(a),
            Action::Stake(a) => self.stake(a, &mut result),
            Action::AddKey(a) => self.add_key(a, &mut result),
            Action::DeleteKey(a) => self.delete_key(a, &mut result),
            Action::DeleteAccount(a) => self.delete_account(a, &mut result),
            Action::Delegate(_) | Action::DelegateV2(_) => self.delegate(action, &mut result),
            Action::DeployGlobalContract(a) => self.deploy_global(a, &mut result),
            Action::UseGlobalContract(a) => {
                self.use_global(&a.contract_identifier, &mut result);
            }
            Action::DeterministicStateInit(a) => self.deterministic_state_init(a, &mut result),
            Action::UniversalStateInit(a) => self.universal_state_init(a, &mut result),
            Action::TransferToGasKey(a) => self.transfer_to_gas_key(a, &mut result),
            Action::WithdrawFromGasKey(a) => self.withdraw_from_gas_key(a, &mut result),
        }
        result
    }

    /// From 87 on each action is held to the receipt's share of the storage proof, not only the VM.
    pub fn proof_exceeded(&self) -> Option<ActionErrorKind> {
        let limit = self.block.config.wasm_config.limit_config.per_receipt_storage_proof_size_limit;
        let enforced = self.block.enabled(ProtocolFeature::EnforceStorageProofLimitForAllActions);
        let size = self.state.proof_size().saturating_sub(self.proof_before);
        (enforced && size > limit)
            .then_some(ActionErrorKind::ReceiptStorageProofSizeExceeded { limit: limit as u64 })
    }

    fn check_existence(&self, action: &Action) -> Result<(), ActionErrorKind> {
        let account_id = self.account_id().clone();
        let implicit = account_id.get_account_type().is_implicit()
            && (account_id.get_account_type() != AccountType::UniversalAccount
                || self.block.config.wasm_config.universal_accounts);
        match (action, &self.account) {
            (Action::CreateAccount(_), Some(_)) => {
                Err(ActionErrorKind::AccountAlreadyExists { account_id })
            }
            (Action::CreateAccount(_), None) if implicit => {
                // Such accounts come into being by transfers and state inits only.
                Err(ActionErrorKind::OnlyImplicitAccountCreationAllowed { account_id })
            }
            (Action::CreateAccount(_), None) => Ok(()),
            (Action::Transfer(_), None) => {
                let alone = self.action_receipt.actions().len() == 1;
                if implicit && alone && !self.is_refund() {
                    Ok(())
                } else {
                    Err(ActionErrorKind::AccountDoesNotExist { account_id })
                }
            }
            (
                Action::Transfer(_)
                | Action::DeterministicStateInit(_)
                | Action::UniversalStateInit(_),
                _,
            ) => Ok(()),
            (_, None) => Err(ActionErrorKind::AccountDoesNotExist { account_id }),
            (_, Some(account)) if !account.is_initialized() => {
                Err(ActionErrorKind::AccountNotInitialized { account_id })
            }
            (_, Some(_)) => Ok(()),
        }
    }

    fn check_permission(&self, action: &Action) -> Result<(), ActionErrorKind> {
        let account_id = self.account_id();
        match action {
            Action::DeployContract(_)
            | Action::Stake(_)
            | Action::AddKey(_)
            | Action::DeleteKey(_)
            | Action::DeployGlobalContract(_)
            | Action::UseGlobalContract(_)
            | Action::WithdrawFromGasKey(_)
            | Action::DeleteAccount(_) => {
                if self.actor_id != *account_id {
                    return Err(ActionErrorKind::ActorNoPermission {
                        account_id: account_id.clone(),
                        actor_id: self.actor_id.clone(),
                    });
                }
            }
            Action::CreateAccount(_)
            | Action::FunctionCall(_)
            | Action::Transfer(_)
            | Action::TransferToGasKey(_)
            | Action::Delegate(_)
            | Action::DelegateV2(_)
            | Action::DeterministicStateInit(_)
            | Action::UniversalStateInit(_) => {}
        }
        let staked = self.account.as_ref().is_some_and(|a| a.locked() != Balance::ZERO);
        if matches!(action, Action::DeleteAccount(_)) && staked {
            return Err(ActionErrorKind::DeleteAccountStaking { account_id: account_id.clone() });
        }
        Ok(())
    }

    fn create_account(&mut self, result: &mut ActionResult) {
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

    fn transfer(&mut self, action: &TransferAction) {
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
                let contract = super::global_contracts::eth_wallet(&self.block.chain_id);
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

    /// Bytes that the account's contract counts for.
    fn contract_usage(&self) -> u64 {
        let Some(account) = &self.account else { return 0 };
        let contract = account.contract();
        match &*contract {
            AccountContract::Local(_) => self.local_code_len(),
            other => other.identifier_storage_usage(),
        }
    }

    fn local_code_len(&self) -> u64 {
        let key = TrieKey::ContractCode { account_id: self.account_id().clone() };
        self.state.get_unrecorded(&key).map_or(0, |code| code.len() as u64)
    }

    /// Takes the account's contract away, as deploying or using another one does.
    pub fn drop_contract(&mut self) {
        let usage = self.contract_usage();
        let account_id = self.account_id().clone();
        let account = self.account_mut();
        account.set_storage_usage(account.storage_usage().saturating_sub(usage));
        if account.contract().is_local() {
            self.state.remove(TrieKey::ContractCode { account_id });
        }
        self.account_mut().set_contract(AccountContract::None).expect("initialised");
    }

    fn deploy(&mut self, action: &DeployContractAction) {
        let usage = self.contract_usage();
        let account_id = self.account_id().clone();
        let account = self.account_mut();
        account.set_storage_usage(
            account.storage_usage().saturating_sub(usage) + action.code.len() as u64,
        );
        account.set_contract(AccountContract::Local(hash(&action.code))).expect("initialised");
        self.state.set_raw(TrieKey::ContractCode { account_id }, action.code.as_slice().into());
    }

    fn stake(&mut self, action: &StakeAction, result: &mut ActionResult) {
        let minimum_stake = self.block.minimum_stake;
        let account_id = self.account_id().clone();
        let account = self.account_mut();
        let (stake, locked, balance) = (action.stake, account.locked(), account.amount());
        let increment = stake.saturating_sub(locked);
        let Some(left) = balance.checked_sub(increment) else {
            return result.fail(ActionErrorKind::TriesToStake {
                account_id,
                stake,
                locked,
                balance,
            });
        };
        if locked == Balance::ZERO && stake == Balance::ZERO {
            return result.fail(ActionErrorKind::TriesToUnstake { account_id });
        }
        if stake > Balance::ZERO && stake < minimum_stake {
            return result.fail(ActionErrorKind::InsufficientStake {
                account_id,
                stake,
                minimum_stake,
            });
        }
        if stake > locked {
            account.set_amount(left);
            account.set_locked(stake).expect("initialised");
        }
        result.proposals.push(ValidatorStake::new(account_id, action.public_key.clone(), stake));
    }

    fn delete_account(&mut self, action: &DeleteAccountAction, result: &mut ActionResult) {
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

    pub fn action_hash(&self, index: usize) -> CryptoHash {
        create_action_hash_from_receipt_id(self.receipt.receipt_id(), self.block.height, index)
    }
}

fn is_nonce_row(raw: &[u8], account_id: &AccountId) -> bool {
    trie_key_parsers::parse_key_handle_from_access_key_key(raw, account_id)
        .and_then(|key| trie_key_parsers::parse_nonce_index_from_gas_key_key(raw, account_id, &key))
        .is_ok_and(|index| index.is_some())
}

/// Bytes that a key counts for in its account's storage usage.
pub fn key_usage(public_key: &PublicKey, key: &AccessKey, extra: u64) -> u64 {
    let value = borsh::object_length(key).expect("borsh of a key") as u64;
    public_key.trie_id_len() as u64 + value + extra
}
