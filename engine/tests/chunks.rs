//! Chunks that are full, gas that becomes dearer, transactions that are too old.

mod support;

use near_crypto::KeyType;
use near_primitives::action::DeployContractAction;
use near_primitives::errors::InvalidTxError;
use near_primitives::transaction::Action;
use support::*;

#[test]
fn receipts_that_find_no_room_wait_for_the_next_chunk() {
    let mut world = World::new(86);
    let names: Vec<String> = (0..9).map(|i| format!("c{i}.sandbox")).collect();
    for name in &names {
        world.create(name, near(5));
        world.by(
            name,
            name,
            vec![Action::DeployContract(DeployContractAction { code: BURNER.to_vec() })],
        );
    }
    let price = world.chain.head().header().next_gas_price();
    let root = signer("sandbox", KeyType::ED25519);
    let hashes: Vec<_> = names
        .iter()
        .map(|name| world.submit(&root, name, vec![call("burn", 300)]).unwrap())
        .collect();
    world.settle();
    let start = world.chain.outcome(&hashes[0]).unwrap().block_height;
    let ran: Vec<u64> = hashes
        .iter()
        .map(|hash| {
            let outcome = &world.tree(hash)[1];
            assert!(failure(outcome).contains("Exceeded the prepaid gas"));
            outcome.block_height - start
        })
        .collect();
    // A chunk begins no further receipt once it has used 1,000 Tgas: four of 300 Tgas each.
    assert_eq!(ran, [1, 1, 1, 1, 2, 2, 2, 2, 3]);
    assert!(world.chain.head().header().next_gas_price() > price, "full chunks make gas dearer");
    for _ in 0..200 {
        world.chain.produce_block();
    }
    assert_eq!(world.chain.head().header().next_gas_price(), price, "and empty ones cheaper again");
}

#[test]
fn transactions_of_one_key_run_in_the_order_of_their_nonces() {
    let mut world = World::new(86);
    let root = signer("sandbox", KeyType::ED25519);
    let signed: Vec<_> =
        (0..5).map(|_| world.sign(&root, "near", vec![transfer(near(1))])).collect();
    for tx in signed.iter().rev() {
        world.chain.submit(tx.clone()).unwrap();
    }
    world.settle();
    let block =
        world.chain.block_at(world.chain.outcome(&signed[0].get_hash()).unwrap().block_height);
    let nonces: Vec<_> =
        block.unwrap().transactions.iter().map(|tx| tx.transaction.nonce().nonce()).collect();
    assert_eq!(nonces.len(), 5);
    assert!(nonces.is_sorted());
}

#[test]
fn a_transaction_lives_for_a_hundred_heights() {
    let mut world = World::new(86);
    let root = signer("sandbox", KeyType::ED25519);
    let young = world.sign(&root, "near", vec![transfer(near(1))]);
    let old = world.sign(&root, "near", vec![transfer(near(1))]);
    world.chain.fast_forward(90).unwrap();
    assert_eq!(world.chain.submit(young), Ok(()));
    world.chain.fast_forward(20).unwrap();
    assert_eq!(world.chain.submit(old), Err(InvalidTxError::Expired));
}

#[test]
fn forwarding_moves_height_time_and_epochs_and_ends_final() {
    let mut world = World::new(86);
    let (height, time) = (world.chain.height(), world.chain.head().header().raw_timestamp());
    world.chain.fast_forward(1_000).unwrap();
    assert!(world.chain.final_head().height >= height + 1_000);
    assert!(world.chain.height() < height + 1_010);
    assert!(world.chain.head().header().raw_timestamp() - time > 900 * 120_000_000);
    assert_eq!(world.chain.head().epoch.height, 1 + (world.chain.height() - 1) / 60);
    let refused = world.chain.fast_forward(100_000_000).unwrap_err();
    assert!(refused.contains("Longer epochs"), "{refused}");
    let refused = world.chain.fast_forward(u64::MAX).unwrap_err();
    assert!(refused.contains("overflow"), "{refused}");
}

#[test]
fn a_gap_in_a_keys_numbers_is_seen_until_it_is_filled() {
    let mut world = World::new(86);
    let root = signer("sandbox", KeyType::ED25519);
    let [first, second, third] =
        [1, 2, 3].map(|amount| world.sign(&root, "near", vec![transfer(near(amount))]));
    world.chain.submit(first).unwrap();
    world.settle();
    assert!(!world.chain.gapped(), "nothing waits");
    world.chain.submit(third).unwrap();
    assert!(world.chain.gapped(), "the second is missing");
    world.chain.submit(second).unwrap();
    assert!(!world.chain.gapped(), "they follow each other");
    world.settle();
    assert!(!world.chain.gapped());
    let stranger = signer("sandbox", KeyType::SECP256K1);
    let unknown = world.sign(&stranger, "sandbox", vec![transfer(near(1))]);
    assert!(world.chain.submit(unknown).is_err(), "a key that the chain does not have");
    assert!(!world.chain.gapped(), "what was refused does not wait");
}
