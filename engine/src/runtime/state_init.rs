//! Accounts whose id is derived from their first state: runtime_spec 3.10.

use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::{DeterministicStateInitAction, UniversalStateInitAction};
use near_primitives::errors::ActionErrorKind;
use near_primitives::receipt::Receipt;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::Balance;
use near_primitives::universal_state_init::UniversalStateInit;
use near_primitives::version::ProtocolFeature;

use super::action::{ActionResult, Execution};
use super::verify::{initial_nonce, storage_stake_missing};

impl Execution<'_> {
    pub fn deterministic_state_init(
        &mut self,
        action: &DeterministicStateInitAction,
        result: &mut ActionResult,
    ) {
        if self.account.is_none() {
            let usage = self.block.config.fees.storage_usage_config.num_bytes_account;
            let none = AccountContract::None;
            self.account = Some(Account::new(Balance::ZERO, Balance::ZERO, none, usage));
        }
        if self.account_mut().contract().is_none() {
            if !self.use_global(action.state_init.code(), result) {
                return;
            }
            self.write_entries(action.state_init.data().iter());
        }
        self.settle(action.deposit, result);
    }

    pub fn universal_state_init(
        &mut self,
        action: &UniversalStateInitAction,
        result: &mut ActionResult,
    ) {
        let Ok(state_init) = UniversalStateInit::from_raw_lenient(&action.state_init) else {
            return result.fail(ActionErrorKind::MalformedUniversalStateInit);
        };
        let height = self.block.height;
        let storage = self.block.config.fees.storage_usage_config.clone();
        let account_id = self.account_id().clone();
        let account = self.account.get_or_insert_with(|| {
            let nonce = initial_nonce(height);
            Account::new_uninitialized(Balance::ZERO, storage.num_bytes_account, nonce)
        });
        let repeated = account.is_initialized();
        if !repeated {
            account.initialize().expect("seen uninitialised");
            if let Some(code) = state_init.code()
                && !self.use_global(code, result)
            {
                return;
            }
            self.write_entries(state_init.data().iter());
            let mut key = AccessKey::full_access();
            key.nonce = initial_nonce(height);
            let value = borsh::object_length(&key).expect("borsh of a key") as u64;
            for handle in state_init.access_keys() {
                let usage = handle.trie_id_len() as u64 + value + storage.num_extra_bytes_record;
                let account = self.account_mut();
                account.set_storage_usage(account.storage_usage() + usage);
                let row = TrieKey::AccessKey {
                    account_id: account_id.clone(),
                    key_handle: handle.clone(),
                };
                self.state.set(row, &key);
            }
        }
        if repeated && self.block.enabled(ProtocolFeature::RefundRepeatedUniversalStateInitDeposit)
        {
            self.give_back(action.deposit, result);
        } else {
            self.settle(action.deposit, result);
        }
    }

    fn write_entries<'e>(&mut self, entries: impl Iterator<Item = (&'e Vec<u8>, &'e Vec<u8>)>) {
        let extra = self.block.config.fees.storage_usage_config.num_extra_bytes_record;
        let account_id = self.account_id().clone();
        for (key, value) in entries {
            let account = self.account_mut();
            account.set_storage_usage(
                account.storage_usage() + key.len() as u64 + value.len() as u64 + extra,
            );
            let row = TrieKey::ContractData { account_id: account_id.clone(), key: key.clone() };
            self.state.set_raw(row, value.as_slice().into());
        }
    }

    /// Keeps of the deposit what the account's storage needs, and sends the rest back.
    fn settle(&mut self, deposit: Balance, result: &mut ActionResult) {
        let account_id = self.account_id().clone();
        let config = self.block.config.clone();
        let account = self.account_mut();
        let needed =
            storage_stake_missing(account, account.amount(), &config).unwrap_or(Balance::ZERO);
        let Some(rest) = deposit.checked_sub(needed) else {
            return result
                .fail(ActionErrorKind::LackBalanceForState { account_id, amount: needed });
        };
        account.set_amount(account.amount().checked_add(needed).expect("below the supply"));
        self.give_back(rest, result);
    }

    fn give_back(&self, amount: Balance, result: &mut ActionResult) {
        if amount > Balance::ZERO {
            let to = self.receipt.balance_refund_receiver();
            result.new_receipts.push(Receipt::new_balance_refund(to, amount));
        }
    }
}
