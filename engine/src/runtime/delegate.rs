//! Meta-transactions: the sender signs what somebody else pays for. runtime_spec 3.9.

use near_parameters::ActionCosts;
use near_primitives::account::AccessKey;
use near_primitives::action::delegate::VersionedDelegateActionRef;
use near_primitives::errors::{ActionErrorKind, InvalidAccessKeyError};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{ActionReceipt, Receipt, ReceiptEnum, ReceiptV0};
use near_primitives::transaction::Action;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{Balance, Nonce};
use near_primitives::version::ProtocolFeature;

use super::action::{ActionResult, Execution, sum};
use super::fees::{
    as_delegate, total_prepaid_exec_fees, total_prepaid_gas, total_prepaid_send_fees,
};
use super::rows;
use super::verify::{check_function_call, nonce_bound};

impl Execution<'_> {
    pub fn delegate(&mut self, action: &Action, result: &mut ActionResult) {
        let signed = as_delegate(action).expect("a delegate action");
        let delegate = signed.delegate_action();
        let sender_id = delegate.sender_id();
        if !signed.verify() {
            return result.fail(ActionErrorKind::DelegateActionInvalidSignature);
        }
        if self.block.height > delegate.max_block_height() {
            return result.fail(ActionErrorKind::DelegateActionExpired);
        }
        if sender_id != self.account_id() {
            return result.fail(ActionErrorKind::DelegateActionSenderDoesNotMatchTxReceiver {
                sender_id: sender_id.clone(),
                receiver_id: self.account_id().clone(),
            });
        }
        if let Err(kind) = self.use_key(delegate) {
            return result.fail(kind);
        }

        let config = &self.block.config;
        let actions = delegate.get_actions();
        let prepaid_send =
            total_prepaid_send_fees(config, std::slice::from_ref(action)).expect("paid before");
        let exec =
            total_prepaid_exec_fees(config, &actions, delegate.receiver_id()).expect("paid before");
        let receipt_fee = config.fees.fee(ActionCosts::new_action_receipt).exec_fee();
        let attached = total_prepaid_gas(&actions).expect("paid before");
        result.use_gas(sum(sum(attached, exec.gas), receipt_fee.gas));
        result.burn(prepaid_send.gas, prepaid_send.compute);

        let outer = self.action_receipt;
        result.new_receipts.push(Receipt::V0(ReceiptV0 {
            predecessor_id: sender_id.clone(),
            receiver_id: delegate.receiver_id().clone(),
            receipt_id: CryptoHash::default(),
            receipt: ReceiptEnum::Action(ActionReceipt {
                // Contracts see the relayer as the signer, and gas goes back to it.
                signer_id: outer.signer_id().clone(),
                signer_public_key: outer.signer_public_key().clone(),
                gas_price: outer.gas_price(),
                output_data_receivers: Vec::new(),
                input_data_ids: Vec::new(),
                actions,
            }),
        }));
    }

    /// Checks the sender's key and takes the nonce.
    fn use_key(&mut self, delegate: VersionedDelegateActionRef<'_>) -> Result<(), ActionErrorKind> {
        let account_id = self.account_id().clone();
        let public_key = delegate.public_key();
        let key_error = ActionErrorKind::DelegateActionAccessKeyError;
        let Some(mut key) = rows::access_key(self.state, &account_id, public_key) else {
            return Err(key_error(InvalidAccessKeyError::AccessKeyNotFound {
                account_id,
                public_key: Box::new(public_key.clone()),
            }));
        };
        let delegate_nonce = delegate.nonce().nonce();
        let mut row = None;
        let ak_nonce = match (delegate.nonce().nonce_index(), key.gas_key_info()) {
            (None, None) => key.nonce,
            (None, Some(_)) => {
                return Err(key_error(InvalidAccessKeyError::DelegateActionRequiresNonGasKey));
            }
            (Some(_), None) => {
                return Err(key_error(InvalidAccessKeyError::DelegateActionRequiresGasKey));
            }
            (Some(nonce_index), Some(info)) => {
                if nonce_index >= info.num_nonces {
                    return Err(ActionErrorKind::DelegateActionInvalidNonceIndex {
                        nonce_index,
                        num_nonces: info.num_nonces,
                    });
                }
                let nonces = TrieKey::gas_key_nonce(account_id.clone(), public_key, nonce_index);
                let nonce: Nonce = self.state.get(&nonces).unwrap_or_default();
                row = Some(nonces);
                nonce
            }
        };
        if delegate_nonce <= ak_nonce {
            return Err(ActionErrorKind::DelegateActionInvalidNonce { delegate_nonce, ak_nonce });
        }
        let upper_bound = nonce_bound(self.block.height);
        if delegate_nonce >= upper_bound {
            return Err(ActionErrorKind::DelegateActionNonceTooLarge {
                delegate_nonce,
                upper_bound,
            });
        }
        self.check_key_permission(&key, delegate).map_err(key_error)?;
        match row {
            Some(row) => self.state.set(row, &delegate_nonce),
            None => {
                key.nonce = delegate_nonce;
                rows::set_access_key(self.state, &account_id, public_key, &key);
            }
        }
        Ok(())
    }

    fn check_key_permission(
        &self,
        key: &AccessKey,
        delegate: VersionedDelegateActionRef<'_>,
    ) -> Result<(), InvalidAccessKeyError> {
        let Some(call) = key.permission.function_call_permission() else {
            return Ok(());
        };
        let mut actions = delegate.get_actions();
        let verdict = check_function_call(call, &actions, delegate.receiver_id());
        let late =
            !self.block.enabled(ProtocolFeature::FixDelegateActionDepositWithFunctionCallError);
        if late
            && verdict == Err(InvalidAccessKeyError::DepositWithFunctionCall)
            && let [Action::FunctionCall(action)] = actions.as_mut_slice()
        {
            // Before the fix the error of the deposit gave way to those of the receiver and the method.
            action.deposit = Balance::ZERO;
            check_function_call(call, &actions, delegate.receiver_id())?;
        }
        verdict
    }
}
