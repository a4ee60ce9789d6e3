//! Stakes over epochs: runtime_spec 6.6.

mod support;

use near_primitives::action::StakeAction;
use near_primitives::transaction::Action;
use near_primitives::types::Balance;
use support::*;

fn stake(amount: Balance, name: &str) -> Action {
    Action::Stake(Box::new(StakeAction { stake: amount, public_key: key(name) }))
}

fn next_epoch(world: &mut World) {
    let epoch = world.chain.head().epoch.height;
    while world.chain.head().epoch.height == epoch {
        world.chain.produce_block();
    }
}

fn validates(world: &World, name: &str) -> bool {
    world.chain.head().epoch.validators.iter().any(|v| v.account_id().as_str() == name)
}

#[test]
fn a_stake_is_locked_at_once_validates_two_epochs_later_and_comes_back_after_three() {
    let mut world = World::new(86);
    world.create("alice.sandbox", near(100_000));
    let outcomes =
        world.by("alice.sandbox", "alice.sandbox", vec![stake(near(50_000), "alice.sandbox")]);
    assert_eq!(failure(&outcomes[1]), "");
    let locked = |world: &World| world.account("alice.sandbox").unwrap().locked();
    assert_eq!(locked(&world), near(50_000));
    assert!(world.amount("alice.sandbox") < near(50_000));

    next_epoch(&mut world);
    assert!(!validates(&world, "alice.sandbox"));
    next_epoch(&mut world);
    assert!(validates(&world, "alice.sandbox"));

    let outcomes =
        world.by("alice.sandbox", "alice.sandbox", vec![stake(Balance::ZERO, "alice.sandbox")]);
    assert_eq!(failure(&outcomes[1]), "");
    let mut kicked_out = false;
    for _ in 0..2 {
        next_epoch(&mut world);
        assert!(locked(&world) >= near(50_000), "still at stake in these epochs");
        kicked_out |= world.chain.head().epoch.kickouts.contains_key(&id("alice.sandbox"));
    }
    assert!(kicked_out);
    assert!(!validates(&world, "alice.sandbox"));
    let kickouts = &world.chain.head().epoch.kickouts;
    assert!(kickouts.is_empty(), "she left an epoch ago: {kickouts:?}");
    for _ in 0..2 {
        next_epoch(&mut world);
    }
    assert_eq!(locked(&world), Balance::ZERO);
    assert!(world.amount("alice.sandbox") > near(99_999));
}

#[test]
fn too_small_a_stake_is_refused() {
    let mut world = World::new(86);
    world.create("alice.sandbox", near(10_000));
    let outcomes =
        world.by("alice.sandbox", "alice.sandbox", vec![stake(near(800), "alice.sandbox")]);
    // The price of a seat is 8001.28 NEAR with 50 million at stake, and the least stake a tenth of it.
    assert!(failure(&outcomes[1]).contains("InsufficientStake"), "{}", failure(&outcomes[1]));
    let outcomes =
        world.by("alice.sandbox", "alice.sandbox", vec![stake(near(801), "alice.sandbox")]);
    assert_eq!(failure(&outcomes[1]), "");
}

#[test]
fn a_stake_without_a_seat_comes_back() {
    let mut world = World::new(86);
    world.create("alice.sandbox", near(10_000));
    world.by("alice.sandbox", "alice.sandbox", vec![stake(near(1_000), "alice.sandbox")]);
    for _ in 0..4 {
        next_epoch(&mut world);
    }
    let account = world.account("alice.sandbox").unwrap();
    assert_eq!(account.locked(), Balance::ZERO);
    assert!(account.amount() > near(9_999));
}

#[test]
fn the_validator_earns_and_the_supply_grows() {
    let mut world = World::new(86);
    let (locked, supply) =
        (world.account("sandbox").unwrap().locked(), world.chain.head().facts.total_supply);
    next_epoch(&mut world);
    assert!(world.account("sandbox").unwrap().locked() > locked);
    assert!(world.chain.head().facts.total_supply > supply);
}
