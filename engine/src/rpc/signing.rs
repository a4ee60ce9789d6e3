//! The validator's signatures. Blocks are made without them, since no hash of a block covers its own; whoever asks for a block
//! over RPC gets them, where the node has the validator's key.

use near_crypto::Signature;
use near_primitives::block_header::{Approval, ApprovalInner};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::views::{BlockHeaderView, ChunkHeaderView};

use crate::chain::{Block, Chain};

/// The signature of a validator, where its key is this node's.
fn sign(chain: &Chain, validator: &ValidatorStake, data: &[u8]) -> Option<Signature> {
    let key = chain.node().validator_key.as_ref()?;
    (key.public_key() == *validator.public_key()).then(|| key.sign(data))
}

/// By whom the block was made. Nobody has signed the first one.
fn producer<'a>(chain: &Chain, block: &'a Block) -> Option<&'a ValidatorStake> {
    let first = block.height == chain.genesis_block().height;
    block.epoch.validators.first().filter(|_| !first)
}

/// A block's header, signed.
pub fn header(chain: &Chain, block: &Block) -> BlockHeaderView {
    let mut view = BlockHeaderView::from(&block.header());
    if let Some(signature) =
        producer(chain, block).and_then(|producer| sign(chain, producer, block.hash.as_ref()))
    {
        view.signature = signature;
    }
    view
}

/// The header of a block's chunk, signed.
pub fn chunk_header(chain: &Chain, block: &Block) -> ChunkHeaderView {
    let mut view = ChunkHeaderView::from(block.chunk_header());
    if let Some(signature) =
        producer(chain, block).and_then(|producer| sign(chain, producer, block.chunk_hash.as_ref()))
    {
        view.signature = signature;
    }
    view
}

/// What the validators of `epoch_of` have to say for `parent` in the block after it: an endorsement, or none where the key is
/// not this node's.
pub fn approvals(
    chain: &Chain,
    epoch_of: &Block,
    parent: &Block,
    child: &Block,
) -> Vec<Option<Box<Signature>>> {
    let inner = ApprovalInner::new(&parent.hash, parent.height, child.height);
    let data = Approval::get_data_for_sig(&inner, child.height);
    let validators = &epoch_of.epoch.validators;
    validators.iter().map(|validator| sign(chain, validator, &data).map(Box::new)).collect()
}
