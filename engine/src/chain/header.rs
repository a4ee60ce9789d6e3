//! Headers of blocks and chunks, in nearcore's own types, so that hashes and views are nearcore's.

use std::sync::{Arc, LazyLock};

use near_crypto::Signature;
use near_primitives::bandwidth_scheduler::BandwidthRequests;
use near_primitives::block::BlockHeader;
use near_primitives::congestion_info::CongestionInfo;
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::merkle::merklize;
use near_primitives::receipt::Receipt;
use near_primitives::sharding::{ChunkHashHeight, ShardChunkHeader, ShardChunkHeaderV3};
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
    let (old, head) = (&prev.chunk_header, &prev.header);
    let chunk_headers_root = chunk_headers_root(&chunk);
    let validators = input.epoch.validators.len();
    let approvals = vec![Some(Box::new(Signature::default())); validators];
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
        body_hash(&chunk_headers_root),
        root_of(&chunk.prev_state_root()),
        next_root(
            chunk.prev_outgoing_receipts_root(),
            old.prev_outgoing_receipts_root(),
            head,
            head.prev_chunk_outgoing_receipts_root(),
        ),
        chunk_headers_root,
        next_root(chunk.tx_root(), old.tx_root(), head, head.chunk_tx_root()),
        next_root(chunk.prev_outcome_root(), old.prev_outcome_root(), head, head.outcome_root()),
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
        approvals,
        input.next_bp_hash,
        input.block_merkle_root,
        prev.height,
        Some(ChunkEndorsementsBitmap::from_endorsements(vec![vec![true; validators]])),
        None,
        None,
        None,
        None,
    );
    (header, chunk)
}

/// A chunk's header tells what the *previous* chunk did: `prev.applied`.
fn next_chunk_header(prev: &Block, input: &HeaderInput<'_>) -> ShardChunkHeader {
    let transactions: Vec<&SignedTransaction> =
        input.transactions.iter().map(AsRef::as_ref).collect();
    let receipts: Vec<&Receipt> = prev.applied.outgoing.iter().map(AsRef::as_ref).collect();
    let tx_root = merklize(&transactions).0;
    let receipts_root = outgoing_receipts_root(&receipts);
    let old = &prev.chunk_header;
    let as_before =
        tx_root == *old.tx_root() && receipts_root == *old.prev_outgoing_receipts_root();
    let length = encoded_length(&transactions) + encoded_length(&receipts);
    let mut header = ShardChunkHeaderV3::new(
        prev.hash,
        prev.applied.state.root_hash(),
        prev.applied.outcome_root,
        // In nearcore the root over the erasure-coded parts of the body, which nobody asks a single node for. This one
        // covers the same contents.
        if as_before { *old.encoded_merkle_root() } else { merklize(&[tx_root, receipts_root]).0 },
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
    let chunk = ShardChunkHeader::V3(chunk);
    let chunk_headers_root = chunk_headers_root(&chunk);
    let header = BlockHeader::genesis(
        protocol_version,
        height,
        root_of(&chunk.prev_state_root()),
        body_hash(&chunk_headers_root),
        root_of(chunk.prev_outgoing_receipts_root()),
        chunk_headers_root,
        root_of(chunk.tx_root()),
        1,
        Utc::from_unix_timestamp_nanos(i128::from(timestamp))
            .expect("the nanoseconds of a u64 end in the year 2554"),
        gas_price,
        total_supply,
        next_bp_hash,
    );
    (header, chunk)
}

/// In nearcore the hash of the block's body, which only nodes send to each other. This one covers the same contents: there
/// are no signatures in it, nor a proof of the random value, as whoever makes the blocks chooses that here.
fn body_hash(chunk_headers_root: &CryptoHash) -> CryptoHash {
    hash(chunk_headers_root.as_ref())
}

/// The merkle root over one hash for each shard: here there is one.
fn root_of(only: &CryptoHash) -> CryptoHash {
    hash(only.as_ref())
}

/// The root of `new`. That of `old` is in the header of the block before, and most often the two are the same.
fn next_root(
    new: &CryptoHash,
    old: &CryptoHash,
    header: &BlockHeader,
    of_old: &CryptoHash,
) -> CryptoHash {
    // Headers of genesis have roots of their own.
    if new == old && !header.is_genesis() { *of_old } else { root_of(new) }
}

/// The merkle root over the headers of the chunks.
fn chunk_headers_root(chunk: &ShardChunkHeader) -> CryptoHash {
    CryptoHash::hash_borsh(ChunkHashHeight(chunk.chunk_hash().clone(), chunk.height_included()))
}

/// The merkle root over the shards of the hashes of what goes to each: here one list, to the only shard.
fn outgoing_receipts_root(receipts: &[&Receipt]) -> CryptoHash {
    static OF_NONE: LazyLock<CryptoHash> = LazyLock::new(|| root_of_receipts(&[]));
    if receipts.is_empty() { *OF_NONE } else { root_of_receipts(receipts) }
}

fn root_of_receipts(receipts: &[&Receipt]) -> CryptoHash {
    let list = borsh::to_vec(&(shard_id(), receipts)).expect("writing to memory cannot fail");
    root_of(&hash(&list))
}

fn encoded_length<T: borsh::BorshSerialize>(items: &[T]) -> u64 {
    borsh::object_length(items).expect("counting cannot fail") as u64
}
