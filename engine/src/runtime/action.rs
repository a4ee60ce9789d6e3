//! One action of a receipt: what is common to all, and the simple ones. runtime_spec 3.

mod accounts;
mod result;

use std::sync::Arc;

use near_crypto::PublicKey;
use near_primitives::account::id::AccountType;
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::transaction::{Action, DeployContractAction, StakeAction};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{AccountId, Balance};
use near_primitives::utils::create_action_hash_from_receipt_id;
use near_primitives::version::ProtocolFeature;
use near_vm_runner::logic::types::PromiseResult;

use super::context::BlockContext;
use super::fees::exec_fee;
use crate::state::Overlay;
pub use result::{ActionResult, plus, sum};

/// Gas keys with more than this in total keep their account or key from being deleted: 1 NEAR.
pub const GAS_KEY_BALANCE_LIMIT: Balance = Balance::from_near(1);

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

    pub fn action_hash(&self, index: usize) -> CryptoHash {
        create_action_hash_from_receipt_id(self.receipt.receipt_id(), self.block.height, index)
    }
}

/// Bytes that a key counts for in its account's storage usage.
pub fn key_usage(public_key: &PublicKey, key: &AccessKey, extra: u64) -> u64 {
    let value = borsh::object_length(key).expect("borsh of a key") as u64;
    public_key.trie_id_len() as u64 + value + extra
}
