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
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, BlockHeight, Gas, ProtocolVersion, ShardId};
use near_primitives::validator_signer::{EmptyValidatorSigner, ValidatorSigner};
use near_time::Utc;

use super::block::{Applied, Block};
use super::epochs::Epoch;

/// What the headers of a block and of its chunk say. They are made of it when somebody asks for them: kept, they would be two
/// thirds of what an empty block takes, and its hash and that of its chunk are all that the blocks after it need.
pub struct Facts {
    pub protocol_version: ProtocolVersion,
    pub prev_hash: CryptoHash,
    pub prev_height: BlockHeight,
    /// Nanoseconds since 1970.
    pub timestamp: u64,
    pub random_value: CryptoHash,
    /// Number of blocks since genesis.
    pub ordinal: u64,
    pub next_gas_price: Balance,
    pub total_supply: Balance,
    pub gas_limit: Gas,
    pub last_final_block: CryptoHash,
    pub last_ds_final_block: CryptoHash,
    /// Set at the first block of an epoch.
    pub next_bp_hash: CryptoHash,
    /// Root of the merkle tree over the hashes of all earlier blocks.
    pub block_merkle_root: CryptoHash,
    /// Root of the state before the block.
    pub prev_state_root: CryptoHash,
    pub body: Arc<Body>,
    /// The headers of genesis, and of blocks from a file that have other hashes than headers made here.
    pub kept: Option<Box<(BlockHeader, ShardChunkHeader)>>,
}

/// What headers say of the contents of a chunk, and of what the chunk before it did.
pub struct Body {
    transactions: Root,
    outgoing_receipts: Root,
    outcomes: Root,
    encoded_merkle_root: CryptoHash,
    encoded_length: u64,
    gas_used: Gas,
    balance_burnt: Balance,
    pub proposals: Vec<ValidatorStake>,
}

/// A merkle root of the chunk, and the one over those of all shards: here there is one.
struct Root {
    of_chunk: CryptoHash,
    of_shards: CryptoHash,
}

/// The only shard.
pub fn shard_id() -> ShardId {
    ShardId::new(0)
}

/// Writes signatures of zeros: no hash of a block or chunk covers its own signature, and signing each block would cost
/// more than everything else in this file.
static UNSIGNED: LazyLock<ValidatorSigner> =
    LazyLock::new(|| ValidatorSigner::from(EmptyValidatorSigner::default()));

impl Block {
    /// The block's header, without signatures.
    pub fn header(&self) -> BlockHeader {
        match &self.facts.kept {
            Some(kept) => kept.0.clone(),
            None => self.facts.headers(self.height, &self.epoch).0,
        }
    }

    /// The last final block as the header of a block at this height names it: the one before the last two in a row.
    pub fn last_final_block_for_height(&self, height: BlockHeight) -> CryptoHash {
        let facts = &self.facts;
        let in_a_row = height == self.height + 1 && facts.last_ds_final_block == facts.prev_hash;
        if in_a_row { facts.prev_hash } else { facts.last_final_block }
    }

    /// The header of the block's chunk, without a signature.
    pub fn chunk_header(&self) -> ShardChunkHeader {
        match &self.facts.kept {
            Some(kept) => kept.1.clone(),
            None => self.facts.chunk_header(self.height),
        }
    }
}

impl Facts {
    /// What these headers say.
    pub fn of(header: BlockHeader, chunk: ShardChunkHeader, epoch: &Epoch) -> Facts {
        let mut facts = Facts {
            protocol_version: header.latest_protocol_version(),
            prev_hash: *header.prev_hash(),
            prev_height: header.prev_height().unwrap_or_default(),
            timestamp: header.raw_timestamp(),
            random_value: *header.random_value(),
            ordinal: header.block_ordinal(),
            next_gas_price: header.next_gas_price(),
            total_supply: header.total_supply(),
            gas_limit: chunk.gas_limit(),
            last_final_block: *header.last_final_block(),
            last_ds_final_block: *header.last_ds_final_block(),
            next_bp_hash: *header.next_bp_hash(),
            block_merkle_root: *header.block_merkle_root(),
            prev_state_root: chunk.prev_state_root(),
            body: Body::said_by(&chunk),
            kept: None,
        };
        let (same_header, same_chunk) = facts.headers(header.height(), epoch);
        if same_header != header || same_chunk != chunk {
            facts.kept = Some(Box::new((header, chunk)));
        }
        facts
    }

    /// The headers of the block at this height.
    pub fn headers(&self, height: BlockHeight, epoch: &Epoch) -> (BlockHeader, ShardChunkHeader) {
        let chunk = self.chunk_header(height);
        let chunk_headers_root = chunk_headers_root(&chunk);
        let validators = epoch.validators.len();
        let header = BlockHeader::from_view(
            &CryptoHash::default(),
            self.protocol_version,
            height,
            self.prev_hash,
            body_hash(&chunk_headers_root),
            root_of(&self.prev_state_root),
            self.body.outgoing_receipts.of_shards,
            chunk_headers_root,
            self.body.transactions.of_shards,
            self.body.outcomes.of_shards,
            self.timestamp,
            self.random_value,
            self.body.proposals.clone(),
            vec![true],
            self.ordinal,
            epoch.id,
            epoch.next_id,
            self.next_gas_price,
            self.total_supply,
            Signature::default(),
            self.last_final_block,
            self.last_ds_final_block,
            None,
            vec![Some(Box::new(Signature::default())); validators],
            self.next_bp_hash,
            self.block_merkle_root,
            self.prev_height,
            Some(ChunkEndorsementsBitmap::from_endorsements(vec![vec![true; validators]])),
            None,
            None,
            None,
            None,
        );
        (header, chunk)
    }

    fn chunk_header(&self, height: BlockHeight) -> ShardChunkHeader {
        let mut header = ShardChunkHeaderV3::new(
            self.prev_hash,
            self.prev_state_root,
            self.body.outcomes.of_chunk,
            self.body.encoded_merkle_root,
            self.body.encoded_length,
            height,
            shard_id(),
            self.body.gas_used,
            self.gas_limit,
            self.body.balance_burnt,
            self.body.outgoing_receipts.of_chunk,
            self.body.transactions.of_chunk,
            self.body.proposals.clone(),
            CongestionInfo::default(),
            BandwidthRequests::empty(),
            None,
            &UNSIGNED,
            self.protocol_version,
        );
        header.height_included = height;
        ShardChunkHeader::V3(header)
    }

    /// The block's time.
    pub fn time(&self) -> Utc {
        utc(self.timestamp)
    }
}

impl Body {
    /// A chunk of these transactions, after one that did this.
    pub fn of(transactions: &[Arc<SignedTransaction>], before: &Applied) -> Arc<Body> {
        static NOTHING: LazyLock<Arc<Body>> =
            LazyLock::new(|| Body::whole(&[], &Applied::default()));
        let nothing = transactions.is_empty()
            && before.outcomes.is_empty()
            && before.outgoing.is_empty()
            && before.proposals.is_empty()
            && before.balance_burnt == Balance::ZERO;
        if nothing { NOTHING.clone() } else { Body::whole(transactions, before) }
    }

    fn whole(transactions: &[Arc<SignedTransaction>], before: &Applied) -> Arc<Body> {
        let transactions: Vec<&SignedTransaction> =
            transactions.iter().map(AsRef::as_ref).collect();
        let receipts: Vec<&Receipt> = before.outgoing.iter().map(AsRef::as_ref).collect();
        let tx_root = merklize(&transactions).0;
        let receipts_root = outgoing_receipts_root(&receipts);
        Arc::new(Body {
            transactions: Root::of(tx_root),
            outgoing_receipts: Root::of(receipts_root),
            outcomes: Root::of(before.outcome_root),
            // In nearcore the root over the erasure-coded parts of the body, which nobody asks a single node for. This one
            // covers the same contents.
            encoded_merkle_root: merklize(&[tx_root, receipts_root]).0,
            encoded_length: encoded_length(&transactions) + encoded_length(&receipts),
            gas_used: before.gas_used,
            balance_burnt: before.balance_burnt,
            proposals: before.proposals.clone(),
        })
    }

    fn said_by(chunk: &ShardChunkHeader) -> Arc<Body> {
        Arc::new(Body {
            transactions: Root::of(*chunk.tx_root()),
            outgoing_receipts: Root::of(*chunk.prev_outgoing_receipts_root()),
            outcomes: Root::of(*chunk.prev_outcome_root()),
            encoded_merkle_root: *chunk.encoded_merkle_root(),
            encoded_length: chunk.encoded_length(),
            gas_used: chunk.prev_gas_used(),
            balance_burnt: chunk.prev_balance_burnt(),
            proposals: chunk.prev_validator_proposals().collect(),
        })
    }
}

impl Root {
    fn of(of_chunk: CryptoHash) -> Root {
        Root { of_shards: root_of(&of_chunk), of_chunk }
    }
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
        utc(timestamp),
        gas_price,
        total_supply,
        next_bp_hash,
    );
    (header, chunk)
}

fn utc(timestamp: u64) -> Utc {
    Utc::from_unix_timestamp_nanos(i128::from(timestamp))
        .expect("the nanoseconds of a u64 end in the year 2554")
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

/// The merkle root over the headers of the chunks.
fn chunk_headers_root(chunk: &ShardChunkHeader) -> CryptoHash {
    CryptoHash::hash_borsh(ChunkHashHeight(chunk.chunk_hash().clone(), chunk.height_included()))
}

/// The merkle root over the shards of the hashes of what goes to each: here one list, to the only shard.
fn outgoing_receipts_root(receipts: &[&Receipt]) -> CryptoHash {
    let list = borsh::to_vec(&(shard_id(), receipts)).expect("writing to memory cannot fail");
    root_of(&hash(&list))
}

fn encoded_length<T: borsh::BorshSerialize>(items: &[T]) -> u64 {
    borsh::object_length(items).expect("counting cannot fail") as u64
}

#[cfg(test)]
mod tests {
    use near_primitives::types::EpochId;

    use super::*;
    use crate::chain::Chain;

    #[test]
    fn headers_that_would_be_made_otherwise_are_kept_as_they_are() {
        let mut chain = Chain::of_tests();
        chain.produce_block();
        let head = chain.head();
        let of = |epoch: &Epoch| Facts::of(head.header(), head.chunk_header(), epoch);
        assert!(of(&head.epoch).kept.is_none());
        let other = Epoch { id: EpochId(hash(b"other")), ..head.epoch.as_ref().clone() };
        let kept = of(&other).kept.expect("made here it would name that epoch");
        assert_eq!(*kept.0.hash(), head.hash);
    }
}
