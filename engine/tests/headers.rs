//! Headers are made when somebody asks for them: they are those whose hashes the chain goes by.

mod support;

use std::sync::Arc;

use _engine::chain::{Block, Chain};
use near_crypto::KeyType;
use near_primitives::action::StakeAction;
use near_primitives::merkle::{PartialMerkleTree, merklize};
use near_primitives::transaction::{Action, SignedTransaction};
use support::*;

/// Empty blocks and full ones, skipped heights, a proposal of a validator, several epochs.
fn eventful() -> Chain {
    let mut world = World::new(86);
    world.create("alice.sandbox", near(100_000));
    let stake = StakeAction { stake: near(50_000), public_key: key("alice.sandbox") };
    world.by("alice.sandbox", "alice.sandbox", vec![Action::Stake(Box::new(stake))]);
    let root = signer("sandbox", KeyType::ED25519);
    for amount in 1..8 {
        world.submit(&root, "near", vec![transfer(near(amount))]).unwrap();
        world.submit(&root, "nobody", vec![transfer(near(amount))]).unwrap();
        world.settle();
        world.chain.fast_forward(37).unwrap();
    }
    world.chain
}

fn pairs(chain: &Chain) -> Vec<(Arc<Block>, Arc<Block>)> {
    let blocks: Vec<_> = chain.all_blocks().cloned().collect();
    blocks.iter().cloned().zip(blocks[1..].iter().cloned()).collect()
}

#[test]
fn a_header_has_the_hash_of_its_block_and_names_the_one_before() {
    let chain = eventful();
    let mut tree = PartialMerkleTree::default();
    for (prev, block) in pairs(&chain) {
        let header = block.header();
        assert_eq!((*header.hash(), header.height()), (block.hash, block.height));
        assert_eq!(*header.prev_hash(), prev.hash);
        assert_eq!(header.prev_height(), Some(prev.height));
        let before = prev.header();
        assert_eq!(header.block_ordinal(), before.block_ordinal() + 1);
        assert_eq!(header.last_final_block(), before.last_final_block_for_height(block.height));
        let in_a_row = block.height == prev.height + 1;
        let doomslug = if in_a_row { &prev.hash } else { before.last_ds_final_block() };
        assert_eq!(header.last_ds_final_block(), doomslug);
        assert_eq!(*header.epoch_id(), block.epoch.id);
        assert_eq!(*header.next_epoch_id(), block.epoch.next_id);
        assert_eq!(header.approvals().len(), block.epoch.validators.len());
        tree.insert(prev.hash);
        assert_eq!(*header.block_merkle_root(), tree.root());
    }
}

#[test]
fn a_chunk_s_header_tells_its_transactions_and_what_the_chunk_before_did() {
    let chain = eventful();
    let (mut full, mut proposing) = (0, 0);
    for (prev, block) in pairs(&chain) {
        let (header, chunk) = (block.header(), block.chunk_header());
        assert_eq!(chunk.chunk_hash().0, block.chunk_hash);
        assert_eq!(chunk.height_included(), block.height);
        assert_eq!(chunk.prev_state_root(), prev.applied.state.root_hash());
        let transactions: Vec<&SignedTransaction> =
            block.transactions.iter().map(AsRef::as_ref).collect();
        assert_eq!(*chunk.tx_root(), merklize(&transactions).0);
        assert_eq!(*chunk.prev_outcome_root(), prev.applied.outcome_root);
        assert_eq!(chunk.prev_gas_used(), prev.applied.gas_used);
        assert_eq!(chunk.prev_balance_burnt(), prev.applied.balance_burnt);
        assert_eq!(chunk.prev_validator_proposals().len(), prev.applied.proposals.len());
        assert_eq!(*header.outcome_root(), merklize(&[prev.applied.outcome_root]).0);
        full += usize::from(!transactions.is_empty());
        proposing += prev.applied.proposals.len();
    }
    assert!(full >= 8 && proposing >= 1, "{full} full, {proposing} proposals");
}

#[test]
fn headers_from_a_file_are_the_same_and_take_no_more_memory() {
    let chain = eventful();
    let (loaded, _) = Chain::load(&chain.save(&[]).unwrap(), options()).unwrap();
    for (block, again) in chain.all_blocks().zip(loaded.all_blocks()) {
        assert_eq!(block.header(), again.header());
        assert_eq!(block.chunk_header(), again.chunk_header());
        let genesis = block.height == chain.genesis_block().height;
        assert_eq!((block.facts.kept.is_some(), again.facts.kept.is_some()), (genesis, genesis));
    }
    assert_eq!(chain.blocks(), loaded.blocks());
}
