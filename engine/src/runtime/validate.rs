//! What a list of actions and a new receipt must satisfy whatever the state is: runtime_spec 1.3, 2.4.

mod each;

use near_parameters::vm::{Config, LimitConfig};
use near_primitives::errors::{ActionsValidationError, ReceiptValidationError};
use near_primitives::receipt::{
    DataReceipt, Receipt, VersionedActionReceipt, VersionedReceiptEnum,
};
use near_primitives::transaction::Action;
use near_primitives::types::{AccountId, ProtocolVersion};
use near_primitives::version::ProtocolFeature;

use super::fees::total_prepaid_gas;

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
