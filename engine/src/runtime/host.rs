//! What the chain offers to a running contract: nearcore's `External` on our state.

use near_crypto::PublicKey;
use near_primitives::account::{
    AccessKey, AccessKeyPermission, FunctionCallPermission, GasKeyInfo,
};
use near_primitives::action::{
    Action, AddKeyAction, CreateAccountAction, DeleteAccountAction, DeleteKeyAction,
    DeployContractAction, DeployGlobalContractAction, DeterministicStateInitAction,
    FunctionCallAction, StakeAction, TransferAction, TransferToGasKeyAction,
    UniversalStateInitAction, UseGlobalContractAction,
};
use near_primitives::deterministic_account_id::{
    DeterministicAccountStateInit, DeterministicAccountStateInitV1,
};
use near_primitives::hash::{CryptoHash, YieldId};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{
    AccountId, Balance, BlockHeight, Gas, Nonce, NonceIndex, PromiseYieldStatus, ProtocolVersion,
};
use near_primitives::universal_state_init::{
    DecodeMode, RawStateInit, StateInitError, UniversalStateInit, UniversalStateInitCounts,
    state_init_send_counts,
};
use near_primitives::utils::create_receipt_id_from_action_hash;
use near_primitives::version::ProtocolFeature;
use near_primitives_core::types::GasWeight;
use near_vm_runner::logic::errors::VMLogicError;
use near_vm_runner::logic::types::{
    ActionIndex, GlobalContractDeployMode, GlobalContractIdentifier, ReceiptIndex,
};
use near_vm_runner::logic::{External, HostError, StorageAccessTracker, ValuePtr};

use super::new_receipts::NewReceipts;
use crate::state::{NodeCounts, Overlay, Value};

type Result<T> = std::result::Result<T, VMLogicError>;

/// The world of one function call.
pub struct Host<'a> {
    pub state: &'a mut Overlay,
    pub receipts: NewReceipts,
    pub account_id: &'a AccountId,
    pub action_hash: CryptoHash,
    pub block_height: BlockHeight,
    pub protocol_version: ProtocolVersion,
    pub chain_id: &'a str,
    pub validators: &'a [ValidatorStake],
    /// Size of the storage proof when the receipt began.
    pub proof_before: usize,
    pub data_count: u64,
}

impl Host<'_> {
    fn data_key(&self, key: &[u8]) -> TrieKey {
        TrieKey::ContractData { account_id: self.account_id.clone(), key: key.to_vec() }
    }

    fn status_key(&self, data_id: CryptoHash) -> TrieKey {
        TrieKey::PromiseYieldStatus { receiver_id: self.account_id.clone(), data_id }
    }

    fn append(&mut self, receipt: ReceiptIndex, action: Action) -> usize {
        self.receipts.append(receipt, action)
    }

    fn yielded(&mut self, receiver_id: AccountId) -> (ReceiptIndex, CryptoHash) {
        let data_id = self.generate_data_id();
        let index = self.receipts.create_yield(receiver_id, data_id);
        let status = self.status_key(data_id);
        self.state.set(status, &PromiseYieldStatus::Yielded);
        (index, data_id)
    }

    fn add_key(&mut self, receipt: ReceiptIndex, public_key: PublicKey, access_key: AccessKey) {
        self.append(receipt, Action::AddKey(Box::new(AddKeyAction { public_key, access_key })));
    }
}

/// Tells the gas counter of touched nodes, in nearcore's order: from the database first.
fn charge(tracker: &mut dyn StorageAccessTracker, counts: NodeCounts) -> Result<()> {
    tracker.trie_node_touched(counts.db)?;
    tracker.cached_trie_node_access(counts.mem)
}

fn method_names(names: Vec<Vec<u8>>) -> Result<Vec<String>> {
    names
        .into_iter()
        .map(|name| String::from_utf8(name).map_err(|_| HostError::InvalidMethodName.into()))
        .collect()
}

/// A value that was found, not yet read.
struct Found<'a> {
    state: &'a Overlay,
    bytes: Value,
    /// Its hash, when it came from the trie.
    hash: Option<CryptoHash>,
}

impl ValuePtr for Found<'_> {
    fn len(&self) -> u32 {
        self.bytes.len() as u32
    }

    fn deref(&self, tracker: &mut dyn StorageAccessTracker) -> Result<Vec<u8>> {
        let mut counts = NodeCounts::default();
        self.state.read_value(self.hash, self.bytes.len(), &mut counts);
        charge(tracker, counts)?;
        Ok(self.bytes.to_vec())
    }
}

impl External for Host<'_> {
    fn storage_set(
        &mut self,
        tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        let key = self.data_key(key);
        let (old, mut counts, hash) = self.state.lookup_counted(&key.to_vec());
        if let Some(old) = &old {
            tracker.deref_write_evicted_value_bytes(old.len() as u64)?;
            self.state.read_value(hash, old.len(), &mut counts);
        }
        charge(tracker, counts)?;
        self.state.set_raw(key, value.into());
        Ok(old.map(|old| old.to_vec()))
    }

    fn storage_get<'a>(
        &'a self,
        _tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
    ) -> Result<Option<Box<dyn ValuePtr + 'a>>> {
        let found = self.state.read_flat(&self.data_key(key).to_vec());
        Ok(found.map(|(bytes, hash)| {
            Box::new(Found { state: self.state, bytes, hash }) as Box<dyn ValuePtr + 'a>
        }))
    }

    fn storage_remove(
        &mut self,
        tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        let key = self.data_key(key);
        let (old, mut counts, hash) = self.state.lookup_counted(&key.to_vec());
        if let Some(old) = &old {
            tracker.deref_removed_value_bytes(old.len() as u64)?;
            self.state.read_value(hash, old.len(), &mut counts);
        }
        self.state.note_removal();
        self.state.remove(key);
        charge(tracker, counts)?;
        Ok(old.map(|old| old.to_vec()))
    }

    fn storage_has_key(
        &mut self,
        _tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
    ) -> Result<bool> {
        Ok(self.state.read_flat(&self.data_key(key).to_vec()).is_some())
    }

    fn generate_data_id(&mut self) -> CryptoHash {
        let id = create_receipt_id_from_action_hash(
            &self.action_hash,
            self.block_height,
            self.data_count,
        );
        self.data_count += 1;
        id
    }

    fn get_recorded_storage_size(&self) -> usize {
        self.state.proof_size()
    }

    fn storage_proof_size_before_receipt(&self) -> usize {
        self.proof_before
    }

    fn validator_stake(&self, account_id: &AccountId) -> Result<Option<Balance>> {
        Ok(self.validators.iter().find(|v| v.account_id() == account_id).map(|v| v.stake()))
    }

    fn validator_total_stake(&self) -> Result<Balance> {
        Ok(self.validators.iter().fold(Balance::ZERO, |sum, v| sum.saturating_add(v.stake())))
    }

    fn chain_id(&self) -> String {
        self.chain_id.to_owned()
    }

    fn create_action_receipt(
        &mut self,
        dependencies: Vec<ReceiptIndex>,
        receiver_id: AccountId,
    ) -> Result<ReceiptIndex> {
        let data_ids = dependencies.iter().map(|_| self.generate_data_id()).collect();
        Ok(self.receipts.create(receiver_id, &dependencies, data_ids))
    }

    fn create_promise_yield_receipt(
        &mut self,
        receiver_id: AccountId,
    ) -> Result<(ReceiptIndex, CryptoHash)> {
        Ok(self.yielded(receiver_id))
    }

    fn create_promise_yield_receipt_with_id(
        &mut self,
        receiver_id: AccountId,
        yield_id: YieldId,
    ) -> Result<Option<(ReceiptIndex, CryptoHash)>> {
        let by_id = TrieKey::YieldIdToDataId { receiver_id: receiver_id.clone(), yield_id };
        if self.state.contains(&by_id) {
            return Ok(None);
        }
        let (index, data_id) = self.yielded(receiver_id.clone());
        self.state.set(by_id, &data_id);
        self.state.set(TrieKey::DataIdToYieldId { receiver_id, data_id }, &yield_id);
        Ok(Some((index, data_id)))
    }

    fn submit_promise_resume_data(&mut self, data_id: CryptoHash, data: Vec<u8>) -> Result<bool> {
        let receipt =
            TrieKey::PromiseYieldReceipt { receiver_id: self.account_id.clone(), data_id };
        let status = self.status_key(data_id);
        if !self.state.contains(&receipt) && !self.state.contains(&status) {
            return Ok(false);
        }
        self.state.set(status, &PromiseYieldStatus::ResumeInitiated);
        self.receipts.resumes.push((data_id, data));
        Ok(true)
    }

    fn submit_promise_resume_data_with_yield_id(
        &mut self,
        yield_id: YieldId,
        data: Vec<u8>,
    ) -> Result<bool> {
        let by_id = TrieKey::YieldIdToDataId { receiver_id: self.account_id.clone(), yield_id };
        match self.state.get::<CryptoHash>(&by_id) {
            Some(data_id) => self.submit_promise_resume_data(data_id, data),
            None => Ok(false),
        }
    }

    fn append_action_create_account(&mut self, receipt: ReceiptIndex) {
        self.append(receipt, Action::CreateAccount(CreateAccountAction {}));
    }

    fn append_action_deploy_contract(&mut self, receipt: ReceiptIndex, code: Vec<u8>) {
        self.append(receipt, Action::DeployContract(DeployContractAction { code }));
    }

    fn append_action_deploy_global_contract(
        &mut self,
        receipt: ReceiptIndex,
        code: Vec<u8>,
        mode: GlobalContractDeployMode,
    ) {
        use near_primitives::action::GlobalContractDeployMode as Mode;
        let deploy_mode = match mode {
            GlobalContractDeployMode::CodeHash => Mode::CodeHash,
            GlobalContractDeployMode::AccountId => Mode::AccountId,
        };
        let action = DeployGlobalContractAction { code: code.into(), deploy_mode };
        self.append(receipt, Action::DeployGlobalContract(action));
    }

    fn append_action_use_global_contract(
        &mut self,
        receipt: ReceiptIndex,
        contract_id: GlobalContractIdentifier,
    ) {
        let action = UseGlobalContractAction { contract_identifier: contract_id.into() };
        self.append(receipt, Action::UseGlobalContract(Box::new(action)));
    }

    fn append_action_deterministic_state_init(
        &mut self,
        receipt: ReceiptIndex,
        contract_id: GlobalContractIdentifier,
        amount: Balance,
    ) -> ActionIndex {
        let state_init = DeterministicAccountStateInit::V1(DeterministicAccountStateInitV1 {
            code: contract_id.into(),
            data: Default::default(),
        });
        let action = DeterministicStateInitAction { state_init, deposit: amount };
        self.append(receipt, Action::DeterministicStateInit(Box::new(action))) as ActionIndex
    }

    fn set_deterministic_state_init_data_entry(
        &mut self,
        receipt: ReceiptIndex,
        action: ActionIndex,
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<()> {
        let no_such =
            HostError::InvalidActionIndex { receipt_index: receipt, action_index: action };
        let actions = &mut self.receipts.actions[receipt as usize].actions;
        let Some(Action::DeterministicStateInit(init)) = actions.get_mut(action as usize) else {
            return Err(no_such.into());
        };
        match init.state_init.data_mut().insert(key, value) {
            None => Ok(()),
            Some(_) => Err(HostError::DataEntryAlreadyExists.into()),
        }
    }

    fn check_state_init(
        &self,
        state_init: &RawStateInit,
    ) -> std::result::Result<(), StateInitError> {
        UniversalStateInit::from_raw_strict(state_init).map(drop)
    }

    fn state_init_send_counts(
        &self,
        state_init: &RawStateInit,
        mode: DecodeMode,
    ) -> UniversalStateInitCounts {
        state_init_send_counts(state_init, mode)
    }

    fn append_action_universal_state_init(
        &mut self,
        receipt: ReceiptIndex,
        state_init: RawStateInit,
        amount: Balance,
    ) {
        let action = UniversalStateInitAction { state_init, deposit: amount };
        self.append(receipt, Action::UniversalStateInit(Box::new(action)));
    }

    fn append_action_function_call_weight(
        &mut self,
        receipt: ReceiptIndex,
        method_name: Vec<u8>,
        args: Vec<u8>,
        attached_deposit: Balance,
        prepaid_gas: Gas,
        gas_weight: GasWeight,
    ) -> Result<()> {
        let method_name =
            String::from_utf8(method_name).map_err(|_| HostError::InvalidMethodName)?;
        let action =
            FunctionCallAction { method_name, args, gas: prepaid_gas, deposit: attached_deposit };
        self.receipts.append_weighted(
            receipt,
            Action::FunctionCall(Box::new(action)),
            gas_weight.0,
        );
        Ok(())
    }

    fn append_action_transfer(&mut self, receipt: ReceiptIndex, deposit: Balance) {
        self.append(receipt, Action::Transfer(TransferAction { deposit }));
    }

    fn append_action_transfer_to_gas_key(
        &mut self,
        receipt: ReceiptIndex,
        public_key: PublicKey,
        deposit: Balance,
    ) {
        let action = TransferToGasKeyAction { public_key, deposit };
        self.append(receipt, Action::TransferToGasKey(Box::new(action)));
    }

    fn append_action_add_gas_key_with_full_access(
        &mut self,
        receipt: ReceiptIndex,
        public_key: PublicKey,
        num_nonces: NonceIndex,
    ) {
        self.add_key(receipt, public_key, AccessKey::gas_key_full_access(num_nonces));
    }

    fn append_action_add_gas_key_with_function_call(
        &mut self,
        receipt: ReceiptIndex,
        public_key: PublicKey,
        num_nonces: NonceIndex,
        allowance: Option<Balance>,
        receiver_id: AccountId,
        names: Vec<Vec<u8>>,
    ) -> Result<()> {
        let permission = AccessKeyPermission::GasKeyFunctionCall(
            GasKeyInfo { balance: Balance::ZERO, num_nonces },
            FunctionCallPermission {
                allowance,
                receiver_id: receiver_id.into(),
                method_names: method_names(names)?,
            },
        );
        self.add_key(receipt, public_key, AccessKey { nonce: 0, permission });
        Ok(())
    }

    fn append_action_stake(
        &mut self,
        receipt: ReceiptIndex,
        stake: Balance,
        public_key: PublicKey,
    ) {
        self.append(receipt, Action::Stake(Box::new(StakeAction { stake, public_key })));
    }

    fn append_action_add_key_with_full_access(
        &mut self,
        receipt: ReceiptIndex,
        public_key: PublicKey,
        nonce: Nonce,
    ) {
        let permission = AccessKeyPermission::FullAccess;
        self.add_key(receipt, public_key, AccessKey { nonce, permission });
    }

    fn append_action_add_key_with_function_call(
        &mut self,
        receipt: ReceiptIndex,
        public_key: PublicKey,
        nonce: Nonce,
        allowance: Option<Balance>,
        receiver_id: AccountId,
        names: Vec<Vec<u8>>,
    ) -> Result<()> {
        let permission = AccessKeyPermission::FunctionCall(FunctionCallPermission {
            allowance,
            receiver_id: receiver_id.into(),
            method_names: method_names(names)?,
        });
        self.add_key(receipt, public_key, AccessKey { nonce, permission });
        Ok(())
    }

    fn append_action_delete_key(&mut self, receipt: ReceiptIndex, public_key: PublicKey) {
        self.append(receipt, Action::DeleteKey(Box::new(DeleteKeyAction { public_key })));
    }

    fn append_action_delete_account(&mut self, receipt: ReceiptIndex, beneficiary_id: AccountId) {
        self.append(receipt, Action::DeleteAccount(DeleteAccountAction { beneficiary_id }));
    }

    fn get_receipt_receiver(&self, receipt: ReceiptIndex) -> &AccountId {
        &self.receipts.actions[receipt as usize].receiver_id
    }

    fn set_refund_to(&mut self, receipt: ReceiptIndex, refund_to: AccountId) {
        self.receipts.actions[receipt as usize].refund_to = Some(refund_to);
    }

    fn post_quantum_keys_enabled(&self) -> bool {
        ProtocolFeature::PostQuantumSignatures.enabled(self.protocol_version)
    }
}
