//! Actions on access keys and gas keys: runtime_spec 3.7.

use near_crypto::{PublicKey, PublicKeyHandle};
use near_primitives::account::AccessKey;
use near_primitives::action::{
    AddKeyAction, DeleteKeyAction, TransferToGasKeyAction, WithdrawFromGasKeyAction,
};
use near_primitives::errors::ActionErrorKind;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{Nonce, NonceIndex};

use super::action::{ActionResult, Execution, GAS_KEY_BALANCE_LIMIT, key_usage};
use super::rows;
use super::verify::initial_nonce;

impl Execution<'_> {
    fn extra_bytes(&self) -> u64 {
        self.block.config.fees.storage_usage_config.num_extra_bytes_record
    }

    /// Bytes that a key counts for, with the rows of its nonces when it is a gas key.
    fn whole_key_usage(&self, public_key: &PublicKey, key: &AccessKey) -> u64 {
        let extra = self.extra_bytes();
        let nonces = key.gas_key_info().map_or(0, |info| u64::from(info.num_nonces));
        let nonce_row = public_key.trie_id_len() as u64
            + size_of::<NonceIndex>() as u64
            + size_of::<Nonce>() as u64
            + extra;
        key_usage(public_key, key, extra) + nonces * nonce_row
    }

    fn nonce_row(&self, public_key: &PublicKey, index: NonceIndex) -> TrieKey {
        TrieKey::GasKeyNonce {
            account_id: self.account_id().clone(),
            key_handle: PublicKeyHandle::from(public_key),
            index,
        }
    }

    pub fn add_key(&mut self, action: &AddKeyAction, result: &mut ActionResult) {
        let account_id = self.account_id().clone();
        let public_key = &action.public_key;
        if rows::access_key(self.state, &account_id, public_key).is_some() {
            return result.fail(ActionErrorKind::AddKeyAlreadyExists {
                account_id,
                public_key: Box::new(public_key.clone()),
            });
        }
        let nonce = initial_nonce(self.block.height);
        let mut key = action.access_key.clone();
        key.nonce = nonce;
        if let Some(num_nonces) = key.gas_key_info().map(|info| info.num_nonces) {
            // The nonces of a gas key have rows of their own.
            key.nonce = 0;
            for index in 0..num_nonces {
                let row = self.nonce_row(public_key, index);
                self.state.set(row, &nonce);
            }
        }
        rows::set_access_key(self.state, &account_id, public_key, &key);
        let usage = self.whole_key_usage(public_key, &key);
        let account = self.account_mut();
        account.set_storage_usage(account.storage_usage() + usage);
    }

    pub fn delete_key(&mut self, action: &DeleteKeyAction, result: &mut ActionResult) {
        let account_id = self.account_id().clone();
        let public_key = &action.public_key;
        let Some(key) = rows::access_key(self.state, &account_id, public_key) else {
            return result.fail(ActionErrorKind::DeleteKeyDoesNotExist {
                account_id,
                public_key: Box::new(public_key.clone()),
            });
        };
        if let Some(info) = key.gas_key_info() {
            if info.balance > GAS_KEY_BALANCE_LIMIT {
                return result.fail(ActionErrorKind::GasKeyBalanceTooHigh {
                    account_id,
                    public_key: Some(Box::new(public_key.clone())),
                    balance: info.balance,
                });
            }
            result.burn_tokens(info.balance);
            for index in 0..info.num_nonces {
                let row = self.nonce_row(public_key, index);
                self.state.remove(row);
            }
        }
        rows::remove_access_key(self.state, &account_id, public_key);
        let usage = self.whole_key_usage(public_key, &key);
        let account = self.account_mut();
        account.set_storage_usage(account.storage_usage().saturating_sub(usage));
    }

    /// The gas key, or the error that there is none.
    fn gas_key(&self, public_key: &PublicKey) -> Result<AccessKey, ActionErrorKind> {
        rows::access_key(self.state, self.account_id(), public_key)
            .filter(|key| key.gas_key_info().is_some())
            .ok_or_else(|| ActionErrorKind::GasKeyDoesNotExist {
                account_id: self.account_id().clone(),
                public_key: Box::new(public_key.clone()),
            })
    }

    pub fn transfer_to_gas_key(
        &mut self,
        action: &TransferToGasKeyAction,
        result: &mut ActionResult,
    ) {
        let mut key = match self.gas_key(&action.public_key) {
            Ok(key) => key,
            Err(kind) => return result.fail(kind),
        };
        let info = key.gas_key_info_mut().expect("a gas key");
        info.balance = info.balance.checked_add(action.deposit).expect("below the supply");
        let account_id = self.account_id().clone();
        rows::set_access_key(self.state, &account_id, &action.public_key, &key);
    }

    pub fn withdraw_from_gas_key(
        &mut self,
        action: &WithdrawFromGasKeyAction,
        result: &mut ActionResult,
    ) {
        let mut key = match self.gas_key(&action.public_key) {
            Ok(key) => key,
            Err(kind) => return result.fail(kind),
        };
        let account_id = self.account_id().clone();
        let info = key.gas_key_info_mut().expect("a gas key");
        let Some(left) = info.balance.checked_sub(action.amount) else {
            return result.fail(ActionErrorKind::InsufficientGasKeyBalance {
                account_id,
                public_key: Box::new(action.public_key.clone()),
                balance: info.balance,
                required: action.amount,
            });
        };
        info.balance = left;
        rows::set_access_key(self.state, &account_id, &action.public_key, &key);
        let account = self.account_mut();
        account.set_amount(account.amount().checked_add(action.amount).expect("below the supply"));
    }
}
