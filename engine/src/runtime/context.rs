//! What is the same for everything that runs in one chunk.

use std::sync::Arc;

use near_parameters::RuntimeConfig;
use near_primitives::hash::CryptoHash;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{AccountId, Balance, BlockHeight, EpochHeight, Gas, ProtocolVersion};
use near_primitives::version::ProtocolFeature;

use super::validate::Rules;
use crate::cache::ContractCache;
use crate::debug_log::DebugLog;

/// The block that a chunk is applied in, and the rules of its protocol version.
#[derive(Clone)]
pub struct BlockContext {
    pub height: BlockHeight,
    /// Nanoseconds since 1970.
    pub timestamp: u64,
    pub epoch_height: EpochHeight,
    pub random_value: CryptoHash,
    /// The previous block's next gas price.
    pub gas_price: Balance,
    /// Compared with compute.
    pub gas_limit: Gas,
    pub config: Arc<RuntimeConfig>,
    pub version: ProtocolVersion,
    pub chain_id: Arc<str>,
    pub validators: Arc<[ValidatorStake]>,
    /// Below it a stake is refused.
    pub minimum_stake: Balance,
    pub cache: Arc<ContractCache>,
    /// Where contracts print; None where nobody reads it.
    pub debug_log: Option<Arc<DebugLog>>,
    /// Whose receipts panic, for tests.
    pub panics_at: Option<AccountId>,
}

impl BlockContext {
    pub fn enabled(&self, feature: ProtocolFeature) -> bool {
        feature.enabled(self.version)
    }

    /// What lists of actions and new receipts must satisfy.
    pub fn rules(&self) -> Rules<'_> {
        Rules { config: &self.config.wasm_config, version: self.version }
    }
}
