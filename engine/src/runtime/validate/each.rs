//! What each kind of action must satisfy: runtime_spec 1.3.

use near_crypto::key_conversion::is_valid_staking_key;
use near_primitives::account::AccessKeyPermission;
use near_primitives::account::id::AccountType;
use near_primitives::action::AddKeyAction;
use near_primitives::errors::ActionsValidationError;
use near_primitives::transaction::Action;
use near_primitives::types::{AccountId, Balance};
use near_primitives::universal_state_init::{DecodeMode, UniversalStateInit};
use near_primitives::utils::{derive_near_deterministic_account_id, derive_universal_account_id};
use near_primitives::version::ProtocolFeature;

use super::{Outcome, Rules, valid_id};
use crate::runtime::fees::as_delegate;

impl Rules<'_> {
    pub(super) fn action(
        &self,
        action: &Action,
        receiver_id: &AccountId,
        delegated: bool,
    ) -> Outcome {
        let limits = self.limits();
        match action {
            Action::CreateAccount(_) | Action::DeleteKey(_) | Action::UseGlobalContract(_) => {
                Ok(())
            }
            Action::DeployContract(a) => self.code_size(a.code.len()),
            Action::DeployGlobalContract(a) => self.code_size(a.code.len()),
            Action::FunctionCall(a) => {
                if a.gas.as_gas() == 0 {
                    return Err(ActionsValidationError::FunctionCallZeroAttachedGas);
                }
                if a.method_name.is_empty() && self.enabled(ProtocolFeature::RejectEmptyMethodName)
                {
                    return Err(ActionsValidationError::FunctionCallEmptyMethodName);
                }
                if a.method_name.len() as u64 > limits.max_length_method_name {
                    return Err(ActionsValidationError::FunctionCallMethodNameLengthExceeded {
                        length: a.method_name.len() as u64,
                        limit: limits.max_length_method_name,
                    });
                }
                if a.args.len() as u64 > limits.max_arguments_length {
                    return Err(ActionsValidationError::FunctionCallArgumentsLengthExceeded {
                        length: a.args.len() as u64,
                        limit: limits.max_arguments_length,
                    });
                }
                Ok(())
            }
            Action::Transfer(_) => {
                let closed = self.enabled(ProtocolFeature::RejectUniversalAccountTransfers)
                    && !ProtocolFeature::UniversalAccounts.enabled(self.version);
                if closed && receiver_id.get_account_type() == AccountType::UniversalAccount {
                    return Err(ActionsValidationError::TransferToUniversalAccountNotAllowed {
                        account_id: receiver_id.clone(),
                    });
                }
                Ok(())
            }
            Action::Stake(a) => {
                if !is_valid_staking_key(&a.public_key) {
                    return Err(ActionsValidationError::UnsuitableStakingKey {
                        public_key: Box::new(a.public_key.clone()),
                    });
                }
                Ok(())
            }
            Action::AddKey(a) => self.add_key(a),
            Action::DeleteAccount(a) => valid_id(a.beneficiary_id.as_str()),
            Action::Delegate(_) | Action::DelegateV2(_) => {
                if matches!(action, Action::DelegateV2(_)) {
                    self.needs(ProtocolFeature::DelegateV2, "DelegateV2")?;
                    if self.enabled(ProtocolFeature::RejectDelegateV2) {
                        return Err(ActionsValidationError::RemovedProtocolFeature {
                            protocol_feature: "DelegateV2".to_owned(),
                            version: self.version,
                        });
                    }
                }
                let signed = as_delegate(action).expect("matched above");
                let delegate = signed.delegate_action();
                self.list(&delegate.get_actions(), delegate.receiver_id(), true)
            }
            Action::DeterministicStateInit(a) => {
                let derived_id = derive_near_deterministic_account_id(&a.state_init);
                if derived_id != *receiver_id {
                    return Err(ActionsValidationError::InvalidDeterministicStateInitReceiver {
                        receiver_id: receiver_id.clone(),
                        derived_id,
                    });
                }
                self.entries(
                    a.state_init.data(),
                    |length, limit| {
                        ActionsValidationError::DeterministicStateInitKeyLengthExceeded {
                            length,
                            limit,
                        }
                    },
                    |length, limit| {
                        ActionsValidationError::DeterministicStateInitValueLengthExceeded {
                            length,
                            limit,
                        }
                    },
                )
            }
            Action::UniversalStateInit(a) => {
                self.needs(ProtocolFeature::UniversalAccounts, "UniversalAccounts")?;
                let strict = self.config.canonical_universal_state_init;
                let state_init =
                    UniversalStateInit::from_raw(&a.state_init, DecodeMode::strict_if(strict))
                        .map_err(|_| ActionsValidationError::MalformedUniversalStateInit)?;
                let derived_id = derive_universal_account_id(&a.state_init);
                if derived_id != *receiver_id {
                    return Err(ActionsValidationError::InvalidUniversalStateInitReceiver {
                        receiver_id: receiver_id.clone(),
                        derived_id,
                    });
                }
                self.entries(
                    state_init.data(),
                    |length, limit| ActionsValidationError::UniversalStateInitKeyLengthExceeded {
                        length,
                        limit,
                    },
                    |length, limit| ActionsValidationError::UniversalStateInitValueLengthExceeded {
                        length,
                        limit,
                    },
                )
            }
            Action::TransferToGasKey(_) => self.needs(ProtocolFeature::GasKeys, "GasKeys"),
            Action::WithdrawFromGasKey(_) => {
                self.needs(ProtocolFeature::GasKeys, "GasKeys")?;
                let closed = self.enabled(ProtocolFeature::RejectWithdrawFromGasKeyInDelegate);
                if delegated && closed {
                    return Err(ActionsValidationError::WithdrawFromGasKeyNotAllowedInDelegate);
                }
                Ok(())
            }
        }
    }

    fn add_key(&self, action: &AddKeyAction) -> Outcome {
        let permission = &action.access_key.permission;
        let limits = self.limits();
        let gas_key = match permission {
            AccessKeyPermission::GasKeyFunctionCall(info, call) => Some((info, Some(call))),
            AccessKeyPermission::GasKeyFullAccess(info) => Some((info, None)),
            AccessKeyPermission::FunctionCall(_) | AccessKeyPermission::FullAccess => None,
        };
        if let Some((info, call)) = gas_key {
            self.needs(ProtocolFeature::GasKeys, "GasKeys")?;
            if info.num_nonces == 0 || info.num_nonces > AccessKeyPermission::MAX_NONCES_FOR_GAS_KEY
            {
                return Err(ActionsValidationError::GasKeyInvalidNumNonces {
                    requested_nonces: info.num_nonces,
                    limit: AccessKeyPermission::MAX_NONCES_FOR_GAS_KEY,
                });
            }
            if info.balance > Balance::ZERO {
                return Err(ActionsValidationError::AddGasKeyWithNonZeroBalance {
                    balance: info.balance,
                });
            }
            if call.is_some_and(|call| call.allowance.is_some()) {
                return Err(ActionsValidationError::GasKeyFunctionCallAllowanceNotAllowed);
            }
        }
        let Some(call) = permission.function_call_permission() else {
            return Ok(());
        };
        valid_id(&call.receiver_id)?;
        let mut total_number_of_bytes = 0;
        for name in &call.method_names {
            let length = name.len() as u64;
            if length > limits.max_length_method_name {
                return Err(ActionsValidationError::AddKeyMethodNameLengthExceeded {
                    length,
                    limit: limits.max_length_method_name,
                });
            }
            total_number_of_bytes += length + 1;
        }
        if total_number_of_bytes > limits.max_number_bytes_method_names {
            return Err(ActionsValidationError::AddKeyMethodNamesNumberOfBytesExceeded {
                total_number_of_bytes,
                limit: limits.max_number_bytes_method_names,
            });
        }
        Ok(())
    }
}
