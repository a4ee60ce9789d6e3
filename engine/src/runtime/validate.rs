//! What a list of actions and a new receipt must satisfy whatever the state is: runtime_spec 1.3, 2.4.

use near_crypto::key_conversion::is_valid_staking_key;
use near_parameters::vm::{Config, LimitConfig};
use near_primitives::account::AccessKeyPermission;
use near_primitives::account::id::AccountType;
use near_primitives::action::AddKeyAction;
use near_primitives::errors::{ActionsValidationError, ReceiptValidationError};
use near_primitives::receipt::{
    DataReceipt, Receipt, VersionedActionReceipt, VersionedReceiptEnum,
};
use near_primitives::transaction::Action;
use near_primitives::types::{AccountId, Balance, ProtocolVersion};
use near_primitives::universal_state_init::{DecodeMode, UniversalStateInit};
use near_primitives::utils::{derive_near_deterministic_account_id, derive_universal_account_id};
use near_primitives::version::ProtocolFeature;

use super::fees::{as_delegate, total_prepaid_gas};

type Outcome = Result<(), ActionsValidationError>;

/// nearcore cuts an invalid id in an error to this many characters.
const ID_IN_ERROR: usize = 128;

/// What the checks need to know of the protocol.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    pub config: &'a Config,
    pub version: ProtocolVersion,
}

impl<'a> Rules<'a> {
    fn limits(&self) -> &'a LimitConfig {
        &self.config.limit_config
    }

    fn enabled(&self, feature: ProtocolFeature) -> bool {
        feature.enabled(self.version)
    }

    /// The whole list of a transaction, a receipt, or (inside) a delegate.
    pub fn actions(&self, actions: &[Action], receiver_id: &AccountId) -> Outcome {
        self.list(actions, receiver_id, false)
    }

    fn list(&self, actions: &[Action], receiver_id: &AccountId, delegated: bool) -> Outcome {
        let limits = self.limits();
        if actions.len() as u64 > limits.max_actions_per_receipt {
            return Err(ActionsValidationError::TotalNumberOfActionsExceeded {
                total_number_of_actions: actions.len() as u64,
                limit: limits.max_actions_per_receipt,
            });
        }
        self.counts(actions)?;
        let mut delegate_seen = false;
        for (index, action) in actions.iter().enumerate() {
            if matches!(action, Action::DeleteAccount(_)) && index + 1 < actions.len() {
                return Err(ActionsValidationError::DeleteActionMustBeFinal);
            }
            if action.is_delegate() {
                if delegate_seen {
                    return Err(ActionsValidationError::DelegateActionMustBeOnlyOne);
                }
                delegate_seen = true;
            }
            self.action(action, receiver_id, delegated)?;
        }
        let total =
            total_prepaid_gas(actions).map_err(|_| ActionsValidationError::IntegerOverflow)?;
        if total > limits.max_total_prepaid_gas {
            return Err(ActionsValidationError::TotalPrepaidGasExceeded {
                total_prepaid_gas: total,
                limit: limits.max_total_prepaid_gas,
            });
        }
        Ok(())
    }

    fn counts(&self, actions: &[Action]) -> Outcome {
        let limits = self.limits();
        let deploys = actions
            .iter()
            .filter(|a| matches!(a, Action::DeployContract(_) | Action::DeployGlobalContract(_)))
            .count() as u64;
        if deploys > limits.max_deploy_actions_per_receipt {
            return Err(ActionsValidationError::TotalNumberOfDeployActionsExceeded {
                number_of_deploy_actions: deploys,
                limit: limits.max_deploy_actions_per_receipt,
            });
        }
        let counts = actions
            .iter()
            .map(Action::state_init_counts)
            .fold(Default::default(), near_primitives::action::StateInitCounts::saturating_add);
        if counts.entries > limits.max_state_init_entries {
            return Err(ActionsValidationError::TotalNumberOfStateInitEntriesExceeded {
                number_of_entries: counts.entries,
                limit: limits.max_state_init_entries,
            });
        }
        if counts.keys > limits.max_universal_state_init_keys {
            return Err(ActionsValidationError::TotalNumberOfStateInitKeysExceeded {
                number_of_keys: counts.keys,
                limit: limits.max_universal_state_init_keys,
            });
        }
        if !ProtocolFeature::PostQuantumSignatures.enabled(self.version)
            && actions.iter().any(Action::post_quantum_signatures_required)
        {
            return Err(self.unsupported("PostQuantumSignatures"));
        }
        Ok(())
    }

    fn unsupported(&self, feature: &str) -> ActionsValidationError {
        ActionsValidationError::UnsupportedProtocolFeature {
            protocol_feature: feature.to_owned(),
            version: self.version,
        }
    }

    fn needs(&self, feature: ProtocolFeature, name: &str) -> Outcome {
        if feature.enabled(self.version) { Ok(()) } else { Err(self.unsupported(name)) }
    }

    fn code_size(&self, len: usize) -> Outcome {
        let limit = self.limits().max_contract_size;
        if len as u64 > limit {
            return Err(ActionsValidationError::ContractSizeExceeded { size: len as u64, limit });
        }
        Ok(())
    }

    fn action(&self, action: &Action, receiver_id: &AccountId, delegated: bool) -> Outcome {
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

    /// Keys and values that an account begins with are no longer than any others; each kind of account has its own errors.
    fn entries<'d>(
        &self,
        data: impl IntoIterator<Item = (&'d Vec<u8>, &'d Vec<u8>)>,
        key_too_long: impl Fn(u64, u64) -> ActionsValidationError,
        value_too_long: impl Fn(u64, u64) -> ActionsValidationError,
    ) -> Outcome {
        let limits = self.limits();
        let (key_limit, value_limit) =
            (limits.max_length_storage_key, limits.max_length_storage_value);
        for (key, value) in data {
            if key.len() as u64 > key_limit {
                return Err(key_too_long(key.len() as u64, key_limit));
            }
            if value.len() as u64 > value_limit {
                return Err(value_too_long(value.len() as u64, value_limit));
            }
        }
        Ok(())
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

    /// A receipt, before it is sent. (nearcore looks at arriving ones again, with milder rules; ours come from here.)
    pub fn receipt(&self, receipt: &Receipt) -> Result<(), ReceiptValidationError> {
        let limits = self.limits();
        let size = borsh::object_length(receipt).expect("borsh of a receipt") as u64;
        if size > limits.max_receipt_size {
            return Err(ReceiptValidationError::ReceiptSizeExceeded {
                size,
                limit: limits.max_receipt_size,
            });
        }
        match receipt.versioned_receipt() {
            VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
                self.action_receipt(&action, receipt.receiver_id())
            }
            VersionedReceiptEnum::Data(data) | VersionedReceiptEnum::PromiseResume(data) => {
                self.data_receipt(&data)
            }
            VersionedReceiptEnum::GlobalContractDistribution(_) => Ok(()),
        }
    }

    fn action_receipt(
        &self,
        receipt: &VersionedActionReceipt<'_>,
        receiver_id: &AccountId,
    ) -> Result<(), ReceiptValidationError> {
        let limit = self.limits().max_number_input_data_dependencies;
        let count = receipt.input_data_ids().len() as u64;
        if count > limit {
            return Err(ReceiptValidationError::NumberInputDataDependenciesExceeded {
                number_of_input_data_dependencies: count,
                limit,
            });
        }
        self.actions(receipt.actions(), receiver_id)
            .map_err(ReceiptValidationError::ActionsValidation)
    }

    fn data_receipt(&self, receipt: &DataReceipt) -> Result<(), ReceiptValidationError> {
        let limit = self.limits().max_length_returned_data;
        let length = receipt.data.as_ref().map_or(0, Vec::len) as u64;
        if length > limit {
            return Err(ReceiptValidationError::ReturnedValueLengthExceeded { length, limit });
        }
        Ok(())
    }
}

fn valid_id(account_id: &str) -> Outcome {
    account_id.parse::<AccountId>().map(drop).map_err(|_| {
        ActionsValidationError::InvalidAccountId {
            account_id: account_id.chars().take(ID_IN_ERROR).collect(),
        }
    })
}
