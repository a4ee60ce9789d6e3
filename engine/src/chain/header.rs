//! Headers of blocks and chunks, in nearcore's own types, so that hashes and views are nearcore's.

use std::sync::{Arc, LazyLock};

use near_crypto::Signature;
use near_crypto::vrf;
use near_primitives::bandwidth_scheduler::BandwidthRequests;
use near_primitives::block::{BlockHeader, Chunks};
use near_primitives::block_body::BlockBody;
use near_primitives::congestion_info::CongestionInfo;
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::merkle::merklize;
use near_primitives::receipt::Receipt;
use near_primitives::sharding::{ShardChunkHeader, ShardChunkHeaderV3};
use near_primitives::stateless_validation::chunk_endorsements_bitmap::ChunkEndorsementsBitmap;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockHeight, EpochId, Gas, ProtocolVersion, ShardId};
use near_primitives::validator_signer::{EmptyValidatorSigner, ValidatorSigner};
use near_time::Utc;

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

/// The only shard.
pub fn shard_id() -> ShardId {
    ShardId::new(0)
}

/// Writes signatures of zeros: no hash of a block or chunk covers its own signature, and signing each block would cost
/// more than everything else in this file.
static UNSIGNED: LazyLock<ValidatorSigner> =
    LazyLock::new(|| ValidatorSigner::from(EmptyValidatorSigner::default()));

/// The header of the block after `prev`, and that of its chunk. No signature is made here.
pub fn next_header(prev: &Block, input: HeaderInput<'_>) -> (BlockHeader, ShardChunkHeader) {
    let chunk = next_chunk_header(prev, &input);
    let chunks = [chunk];
    let roots = Chunks::from_chunk_headers(&chunks, input.height);
    let endorsed = vec![vec![true; input.epoch.validators.len()]];
    let endorsements = input
        .epoch
        .validators
        .iter()
        .map(|_| Some(Box::new(Signature::default())))
        .collect::<Vec<_>>();
    let last_ds_final_block = if input.height == prev.height + 1 {
        prev.hash
    } else {
        *prev.header.last_ds_final_block()
    };
    let header = BlockHeader::from_view(
        &CryptoHash::default(),
        input.protocol_version,
        input.height,
        prev.hash,
        body_hash(&chunks, vec![endorsements.clone()]),
        roots.compute_state_root(),
        roots.compute_chunk_prev_outgoing_receipts_root(),
        roots.compute_chunk_headers_root().0,
        roots.compute_chunk_tx_root(),
        roots.compute_outcome_root(),
        input.timestamp,
        input.random_value,
        prev.applied.proposals.clone(),
        vec![true],
        input.block_ordinal,
        input.epoch_id,
        input.next_epoch_id,
        input.next_gas_price,
        input.total_supply,
        Signature::default(),
        *prev.header.last_final_block_for_height(input.height),
        last_ds_final_block,
        None,
        endorsements,
        input.next_bp_hash,
        input.block_merkle_root,
        prev.height,
        Some(ChunkEndorsementsBitmap::from_endorsements(endorsed)),
        None,
        None,
        None,
        None,
    );
    let [chunk] = chunks;
    (header, chunk)
}

/// A chunk's header tells what the *previous* chunk did: `prev.applied`.
fn next_chunk_header(prev: &Block, input: &HeaderInput<'_>) -> ShardChunkHeader {
    let transactions: Vec<&SignedTransaction> =
        input.transactions.iter().map(AsRef::as_ref).collect();
    let receipts: Vec<&Receipt> = prev.applied.outgoing.iter().map(AsRef::as_ref).collect();
    let tx_root = merklize(&transactions).0;
    let receipts_root = outgoing_receipts_root(&receipts);
    let length = encoded_length(&transactions) + encoded_length(&receipts);
    let mut header = ShardChunkHeaderV3::new(
        prev.hash,
        prev.applied.state.root_hash(),
        prev.applied.outcome_root,
        // In nearcore the root over the erasure-coded parts of the body, which nobody asks a single node for. This one
        // covers the same contents.
        merklize(&[tx_root, receipts_root]).0,
        length,
        input.height,
        shard_id(),
        prev.applied.gas_used,
        input.gas_limit,
        prev.applied.balance_burnt,
        receipts_root,
        tx_root,
        prev.applied.proposals.clone(),
        CongestionInfo::default(),
        BandwidthRequests::empty(),
        None,
        &UNSIGNED,
        input.protocol_version,
    );
    header.height_included = input.height;
    ShardChunkHeader::V3(header)
}

/// The header of the genesis block and its chunk.
#[allow(clippy::too_many_arguments)]
pub fn genesis_header(
    protocol_version: ProtocolVersion,
    height: BlockHeight,
    timestamp: u64,
    gas_limit: Gas,
    gas_price: Balance,
    total_supply: Balance,
    next_bp_hash: CryptoHash,
    applied: &Applied,
) -> (BlockHeader, ShardChunkHeader) {
    let mut chunk = ShardChunkHeaderV3::new(
        CryptoHash::default(),
        applied.state.root_hash(),
        CryptoHash::default(),
        CryptoHash::default(),
        0,
        height,
        shard_id(),
        Gas::ZERO,
        gas_limit,
        Balance::ZERO,
        CryptoHash::default(),
        CryptoHash::default(),
        vec![],
        CongestionInfo::default(),
        BandwidthRequests::empty(),
        None,
        &UNSIGNED,
        protocol_version,
    );
    chunk.height_included = height;
    let chunks = [ShardChunkHeader::V3(chunk)];
    let roots = Chunks::from_chunk_headers(&chunks, height);
    let header = BlockHeader::genesis(
        protocol_version,
        height,
        roots.compute_state_root(),
        body_hash(&chunks, vec![]),
        roots.compute_chunk_prev_outgoing_receipts_root(),
        roots.compute_chunk_headers_root().0,
        roots.compute_chunk_tx_root(),
        chunks.len() as u64,
        Utc::from_unix_timestamp_nanos(i128::from(timestamp))
            .expect("the nanoseconds of a u64 end in the year 2554"),
        gas_price,
        total_supply,
        next_bp_hash,
    );
    let [chunk] = chunks;
    (header, chunk)
}

/// The hash of a body with these chunks. The proof of the random value is left empty: whoever makes the blocks chooses
/// the value here.
fn body_hash(
    chunks: &[ShardChunkHeader],
    endorsements: Vec<Vec<Option<Box<Signature>>>>,
) -> CryptoHash {
    let (value, proof) = (vrf::Value([0; 32]), vrf::Proof([0; 64]));
    BlockBody::new(chunks.to_vec(), value, proof, endorsements).compute_hash()
}

/// The merkle root over the shards of the hashes of what goes to each: here one list, to the only shard.
fn outgoing_receipts_root(receipts: &[&Receipt]) -> CryptoHash {
    let list = borsh::to_vec(&(shard_id(), receipts)).expect("writing to memory cannot fail");
    merklize(&[hash(&list)]).0
}

fn encoded_length<T: borsh::BorshSerialize>(items: &[T]) -> u64 {
    borsh::object_length(items).expect("counting cannot fail") as u64
}
