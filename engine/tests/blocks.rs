//! Finding blocks and what is in them, on chains that have a part in common.

mod support;

use _engine::chain::{Block, Chain};
use near_crypto::KeyType;
use near_primitives::hash::CryptoHash;
use support::*;

/// Every block and everything in it is found in `chain` if `there`, and else nothing of it.
fn check(chain: &Chain, blocks: &[std::sync::Arc<Block>], there: bool) {
    for block in blocks {
        assert_eq!(chain.block_by_hash(&block.hash).is_some(), there);
        let chunk = &block.chunk_hash;
        assert_eq!(
            chain.block_of_chunk(chunk).map(|found| found.hash),
            there.then_some(block.hash)
        );
        assert_eq!(chain.block_at(block.height).is_some_and(|it| it.hash == block.hash), there);
        for tx in &block.transactions {
            let found = chain.transaction(tx.hash()).and_then(|known| known.block.cloned());
            assert_eq!(found.map(|found| found.hash), there.then_some(block.hash));
        }
        for stored in &block.applied.outcomes {
            let found = chain.outcome(&stored.outcome.id).map(|found| found.block_height);
            assert_eq!(found, there.then_some(block.height));
        }
        for receipt in &block.applied.created {
            assert_eq!(chain.receipt(receipt.receipt_id()).is_some(), there);
        }
    }
}

/// Blocks of every kind: empty ones, full ones, and heights without any.
fn grow(world: &mut World, rounds: u128) -> Vec<std::sync::Arc<Block>> {
    let root = signer("sandbox", KeyType::ED25519);
    let before = world.chain.height();
    for round in 0..rounds {
        for amount in 0..round % 5 {
            world.submit(&root, "near", vec![transfer(near(1 + amount))]).unwrap();
        }
        world.chain.produce_block();
        if round % 50 == 49 {
            world.settle();
            world.chain.fast_forward(70).unwrap();
        }
    }
    world.settle();
    world.chain.all_blocks().filter(|block| block.height > before).cloned().collect()
}

#[test]
fn what_is_in_a_chain_is_found_there_and_on_no_other() {
    let mut world = World::new(86);
    let common = grow(&mut world, 130);
    let snapshot = world.chain.clone();
    let left = grow(&mut world, 77);
    let first = std::mem::replace(&mut world.chain, snapshot.clone());
    world.chain.set_next_random([7; 32]);
    // Past the nonces that were used on the other side.
    world.chain.fast_forward(300).unwrap();
    let right = grow(&mut world, 200);
    for chain in [&first, &world.chain, &snapshot] {
        check(chain, &common, true);
        let heights: Vec<_> = chain.all_blocks().map(|block| block.height).collect();
        assert!(heights.is_sorted_by(|a, b| a < b));
        assert_eq!(heights.len() as u64, chain.blocks());
        let backwards: Vec<_> = chain.all_blocks().rev().map(|block| block.height).collect();
        assert!(backwards.iter().rev().eq(&heights));
        for height in 0..chain.height() + 3 {
            assert_eq!(chain.block_at(height).is_some(), heights.binary_search(&height).is_ok());
        }
    }
    check(&first, &left, true);
    check(&first, &right, false);
    check(&world.chain, &right, true);
    check(&world.chain, &left, false);
    check(&snapshot, &left, false);
    check(&snapshot, &right, false);
    assert!(world.chain.block_by_hash(&CryptoHash::default()).is_none());
}

#[test]
fn a_transaction_is_known_while_it_waits_and_once_it_is_in_a_block() {
    let mut world = World::new(86);
    let root = signer("sandbox", KeyType::ED25519);
    let hash = world.submit(&root, "near", vec![transfer(near(1))]).unwrap();
    assert!(world.chain.transaction(&hash).unwrap().block.is_none(), "it waits");
    let without = world.chain.clone();
    world.settle();
    assert!(world.chain.transaction(&hash).unwrap().block.is_some());
    assert!(without.transaction(&hash).unwrap().block.is_none(), "there it waits still");
}
