//! What the runtime has to know of the block that it works in; and view calls, which run after one.

use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance, BlockHeight};

use super::epochs::Epoch;
use super::{Block, Chain, ViewCall, ViewCallError};
use crate::runtime::{self, BlockContext};

impl Chain {
    /// Runs a view call on the state after `block`.
    pub fn view_call(
        &self,
        block: &Block,
        account_id: &AccountId,
        method: &str,
        args: &[u8],
    ) -> Result<ViewCall, ViewCallError> {
        let limits = &self.settings.runtime.wasm_config.limit_config;
        let limit = self.node().max_gas_burnt_view.unwrap_or(limits.max_gas_burnt);
        let context = self.context_of(block);
        runtime::view::call(&context, &block.applied.state, account_id, method, args, limit)
    }

    pub(super) fn context_of(&self, block: &Block) -> BlockContext {
        let facts = &block.facts;
        self.context(
            block.height,
            facts.timestamp,
            facts.random_value,
            facts.next_gas_price,
            &block.epoch,
        )
    }

    /// The context of a block that would come next, while no epoch ends with it.
    pub fn next_context(&self) -> BlockContext {
        let mut next = self.clone();
        let height = self.head.height + 1;
        let (timestamp, random) = (next.next_timestamp(height), next.next_random(height));
        let head = &self.head;
        self.context(height, timestamp, random, head.facts.next_gas_price, &head.epoch)
    }

    pub(super) fn context(
        &self,
        height: BlockHeight,
        timestamp: u64,
        random_value: CryptoHash,
        gas_price: Balance,
        epoch: &Epoch,
    ) -> BlockContext {
        let settings = &self.settings;
        let divisor = u128::from(settings.genesis.minimum_stake_divisor.max(1));
        BlockContext {
            height,
            timestamp,
            epoch_height: epoch.height,
            random_value,
            gas_price,
            gas_limit: settings.genesis.gas_limit,
            config: settings.runtime.clone(),
            version: settings.genesis.protocol_version,
            chain_id: settings.chain_id.clone(),
            validators: epoch.validators.clone(),
            minimum_stake: Balance::from_yoctonear(epoch.seat_price.as_yoctonear() / divisor),
            cache: settings.options.cache.clone(),
            debug_log: Some(settings.options.debug_log.clone()),
            panics_at: self.panics_at.clone(),
        }
    }
}
