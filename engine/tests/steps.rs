//! Blocks of chosen receipts, and chains that are saved and loaded.

mod support;

use _engine::chain::{Chain, Chosen};
use near_crypto::KeyType;
use near_primitives::action::DeployContractAction;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::Action;
use support::*;

fn receipts(ids: &[CryptoHash]) -> Chosen {
    Chosen { receipts: ids.to_vec(), ..Chosen::default() }
}

/// Accounts with a contract that burns what it gets, each called once in one block, which is too small for all.
fn crowd(world: &mut World) -> Vec<CryptoHash> {
    let names: Vec<String> = (0..6).map(|i| format!("c{i}.sandbox")).collect();
    for name in &names {
        world.create(name, near(5));
        let deploy = Action::DeployContract(DeployContractAction { code: BURNER.to_vec() });
        world.by(name, name, vec![deploy]);
    }
    let root = signer("sandbox", KeyType::ED25519);
    let hashes: Vec<_> = names
        .iter()
        .map(|name| world.submit(&root, name, vec![call("burn", 300)]).unwrap())
        .collect();
    world.chain.produce_block();
    let first = |hash| world.chain.outcome(hash).unwrap().outcome.outcome.receipt_ids[0];
    hashes.iter().map(first).collect()
}

#[test]
fn any_order_of_receipts_to_different_accounts_is_possible() {
    let mut world = World::new(86);
    let ids = crowd(&mut world);
    for id in ids.iter().rev() {
        let height = world.chain.height() + 1;
        world.chain.produce_block_of(receipts(&[*id])).unwrap();
        assert_eq!(world.chain.outcome(id).unwrap().block_height, height);
        assert_eq!(world.chain.head().incoming.len(), 1);
    }
    world.settle();
}

#[test]
fn delayed_receipts_run_in_the_order_of_their_queue() {
    let mut world = World::new(86);
    let ids = crowd(&mut world);
    world.chain.produce_block();
    let [fifth, sixth] = [ids[4], ids[5]];
    assert!(world.chain.outcome(&ids[3]).is_some() && world.chain.outcome(&fifth).is_none());
    let error = world.chain.produce_block_of(receipts(&[sixth])).unwrap_err();
    assert!(error.contains("is delayed, and others stand before it"), "{error}");
    let height = world.chain.height();
    world.chain.produce_block_of(receipts(&[])).unwrap();
    assert_eq!(world.chain.height(), height + 1);
    assert!(world.chain.outcome(&fifth).is_none(), "a block of nothing runs nothing");
    world.chain.produce_block_of(receipts(&[fifth])).unwrap();
    assert!(world.chain.outcome(&fifth).is_some() && world.chain.outcome(&sixth).is_none());
    world.chain.produce_block_of(receipts(&[sixth])).unwrap();
    assert!(world.chain.outcome(&sixth).is_some());
    world.settle();
}

#[test]
fn a_refused_choice_changes_nothing() {
    let mut world = World::new(86);
    let ids = crowd(&mut world);
    world.chain.set_next_random([7; 32]);
    let before = world.chain.clone();
    for wrong in [vec![ids[0], ids[0]], vec![ids[0], CryptoHash::default()]] {
        world.chain.produce_block_of(receipts(&wrong)).unwrap_err();
        assert_eq!(world.chain.save(b"").unwrap(), before.save(b"").unwrap());
    }
}

#[test]
fn a_loaded_chain_goes_on_as_the_saved_one() {
    let mut world = World::new(86);
    world.chain.fast_forward(500).unwrap();
    crowd(&mut world);
    world.chain.produce_block();
    let file = world.chain.save(b"a note").unwrap();
    let (mut loaded, note) = Chain::load(&file, options()).unwrap();
    assert_eq!(note, b"a note");
    assert_eq!(loaded.save(b"a note").unwrap(), file);
    for _ in 0..130 {
        world.chain.produce_block();
        loaded.produce_block();
        assert_eq!(loaded.head().hash, world.chain.head().hash);
    }
    for (ours, theirs) in world.chain.all_blocks().zip(loaded.all_blocks()) {
        assert_eq!(ours.applied.state.root_hash(), theirs.applied.state.root_hash());
    }
}

#[test]
fn time_and_randomness_are_chosen() {
    let mut world = World::new(86);
    let now = world.chain.head().header().raw_timestamp();
    world.chain.set_next_timestamp(now).unwrap_err();
    world.chain.set_next_timestamp(now + 5).unwrap();
    world.chain.set_next_random([9; 32]);
    world.chain.produce_block();
    assert_eq!(world.chain.head().header().raw_timestamp(), now + 5);
    assert_eq!(world.chain.head().facts.random_value, CryptoHash([9; 32]));
    world.chain.set_step(1).unwrap();
    world.chain.produce_block();
    assert_eq!(world.chain.head().header().raw_timestamp(), now + 6);
    assert_ne!(world.chain.head().facts.random_value, CryptoHash([9; 32]));
}
