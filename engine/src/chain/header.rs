//! Headers of blocks and chunks, in nearcore's own types, so that hashes and views are nearcore's.

use std::sync::Arc;

use near_primitives::block_header::BlockHeader;
use near_primitives::hash::CryptoHash;
use near_primitives::sharding::ShardChunkHeader;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockHeight, EpochId, Gas, ProtocolVersion};

use super::block::{Applied, Block};
use super::epochs::Epoch;

/// What a header needs beyond the previous block.
pub struct HeaderInput<'a> {
    pub protocol_version: ProtocolVersion,
    pub height: BlockHeight,
    /// Nanoseconds since 1970.
    pub timestamp: u64,
    pub random_value: CryptoHash,
    pub transactions: &'a [Arc<SignedTransaction>],
    pub epoch: &'a Epoch,
    pub epoch_id: EpochId,
    pub next_epoch_id: EpochId,
    /// Set at the first block of an epoch.
    pub next_bp_hash: CryptoHash,
    pub next_gas_price: Balance,
    pub total_supply: Balance,
    pub gas_limit: Gas,
    /// Root of the merkle tree over the hashes of all earlier blocks.
    pub block_merkle_root: CryptoHash,
    pub block_ordinal: u64,
}

/// The header of the block after `prev`, and that of its chunk. No signature is made here: hashes do not cover
/// signatures, and only few readers want them (see `signed`).
pub fn next_header(_prev: &Block, _input: HeaderInput<'_>) -> (BlockHeader, ShardChunkHeader) {
    todo!()
}

/// The header of the genesis block and its chunk.
#[allow(clippy::too_many_arguments)]
pub fn genesis_header(
    _protocol_version: ProtocolVersion,
    _height: BlockHeight,
    _timestamp: u64,
    _gas_limit: Gas,
    _gas_price: Balance,
    _total_supply: Balance,
    _next_bp_hash: CryptoHash,
    _applied: &Applied,
) -> (BlockHeader, ShardChunkHeader) {
    todo!()
}
