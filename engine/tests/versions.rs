//! Rules that changed, on both sides of the change.

mod support;

use near_crypto::KeyType;
use near_primitives::account::AccessKey;
use near_primitives::action::UniversalStateInitAction;
use near_primitives::action::{AddKeyAction, CreateAccountAction, DeployContractAction};
use near_primitives::transaction::{Action, ExecutionMetadata};
use near_primitives::types::Balance;
use near_primitives::universal_state_init::{UniversalStateInit, UniversalStateInitV1};
use near_primitives::utils::derive_universal_account_id;
use support::*;

fn deploy() -> Action {
    Action::DeployContract(DeployContractAction { code: BURNER.to_vec() })
}

/// What creating `alice.sandbox` burns in tokens, everything included.
fn creation_burns(version: u32) -> u128 {
    let mut world = World::new(version);
    let before = world.amount("sandbox");
    world.by(
        "sandbox",
        "alice.sandbox",
        vec![Action::CreateAccount(CreateAccountAction {}), transfer(near(5))],
    );
    before.as_yoctonear() - world.amount("sandbox").as_yoctonear() - near(5).as_yoctonear()
}

#[test]
fn an_account_costs_seven_milli_near_from_85_on() {
    let milli = 1_000_000_000_000_000_000_000;
    assert!(creation_burns(84) < 2 * milli);
    assert!((7 * milli..8 * milli).contains(&creation_burns(85)));
    assert_eq!(creation_burns(85), creation_burns(88));
}

/// What a contract earns when it burns a Tgas.
fn contract_earns(version: u32) -> u128 {
    let mut world = World::new(version);
    world.create("c.sandbox", near(5));
    world.by("c.sandbox", "c.sandbox", vec![deploy()]);
    let before = world.amount("c.sandbox");
    let outcomes = world.by("sandbox", "c.sandbox", vec![call("burn", 1)]);
    assert!(
        failure(&outcomes[1]).contains("Exceeded the prepaid gas"),
        "{:?}",
        outcomes[1].outcome
    );
    world.amount("c.sandbox").as_yoctonear() - before.as_yoctonear()
}

#[test]
fn contracts_earn_three_tenths_of_their_gas_until_86() {
    // A failed call earns as well. 1 Tgas at 1e8.
    assert_eq!(contract_earns(84), 30_000_000_000_000_000_000);
    assert_eq!(contract_earns(86), 30_000_000_000_000_000_000);
    assert_eq!(contract_earns(87), 0);
    assert_eq!(contract_earns(88), 0);
}

#[test]
fn an_empty_method_name_is_refused_early_from_87_on() {
    for version in 84..=88 {
        let mut world = World::new(version);
        let root = signer("sandbox", KeyType::ED25519);
        let sent = world.send(&root, "near", vec![call("", 10)]);
        match sent {
            Ok(outcomes) if version < 87 => {
                assert!(failure(&outcomes[1]).contains("MethodEmptyName"))
            }
            Err(error) if version >= 87 => {
                assert!(format!("{error:?}").contains("FunctionCallEmptyMethodName"));
            }
            other => panic!("{version}: {:?}", other.map(|_| "accepted")),
        }
    }
}

#[test]
fn gas_keys_exist_from_85_on() {
    for version in 84..=88 {
        let mut world = World::new(version);
        let root = signer("sandbox", KeyType::ED25519);
        let action = Action::AddKey(Box::new(AddKeyAction {
            public_key: key("gas"),
            access_key: AccessKey::gas_key_full_access(3),
        }));
        let sent = world.send(&root, "sandbox", vec![action]);
        assert_eq!(sent.is_ok(), version >= 85, "{version}");
    }
}

#[test]
fn outcomes_name_the_contracts_from_85_on() {
    for version in [84, 85, 88] {
        let mut world = World::new(version);
        let outcomes = world.by("sandbox", "near", vec![transfer(near(1))]);
        let metadata = &outcomes[1].outcome.outcome.metadata;
        assert_eq!(matches!(metadata, ExecutionMetadata::V4(_)), version >= 85);
        assert_eq!(matches!(metadata, ExecutionMetadata::V3(_)), version < 85);
    }
}

#[test]
fn a_signature_of_ml_dsa_is_good_from_85_on_and_costs_a_tenth_of_a_tgas() {
    for version in 84..=88 {
        let mut world = World::new(version);
        let quantum = signer("sandbox", KeyType::MLDSA65);
        let root = signer("sandbox", KeyType::ED25519);
        let added = world.send(&root, "sandbox", vec![add_key(quantum.public_key())]);
        assert_eq!(added.is_ok(), version >= 85, "{version}");
        if version < 85 {
            continue;
        }
        let plain = world.by("sandbox", "near", vec![transfer(near(1))]);
        let signed = world.send(&quantum, "near", vec![transfer(near(1))]).unwrap();
        assert_eq!(failure(&signed[1]), "");
        let burnt = |outcomes: &[std::sync::Arc<_engine::chain::StoredOutcome>]| {
            outcomes[0].outcome.outcome.gas_burnt.as_gas()
        };
        assert_eq!(burnt(&signed) - burnt(&plain), 100_000_000_000);
    }
}

#[test]
fn secp256k1_signs_at_every_version() {
    for version in 84..=88 {
        let mut world = World::new(version);
        let other = signer("sandbox", KeyType::SECP256K1);
        world.by("sandbox", "sandbox", vec![add_key(other.public_key())]);
        let before = world.amount("near");
        let outcomes = world.send(&other, "near", vec![transfer(near(1))]).unwrap();
        assert_eq!(failure(&outcomes[1]), "");
        assert_eq!(world.amount("near"), before.checked_add(near(1)).unwrap());
    }
}

#[test]
fn universal_accounts_begin_with_88() {
    let owner = signer("owner", KeyType::ED25519);
    let state_init = UniversalStateInit::V1(UniversalStateInitV1 {
        code: None,
        data: [(b"k".to_vec(), b"v".to_vec())].into(),
        access_keys: [owner.public_key().into()].into(),
    })
    .to_raw();
    let account_id = derive_universal_account_id(&state_init);
    assert!(account_id.as_str().starts_with("0u"));
    let root = signer("sandbox", KeyType::ED25519);

    let mut world = World::new(86);
    let outcomes = world.by("sandbox", account_id.as_str(), vec![transfer(near(3))]);
    assert!(failure(&outcomes[1]).contains("AccountDoesNotExist"), "{}", failure(&outcomes[1]));
    let mut world = World::new(87);
    let refused = world.send(&root, account_id.as_str(), vec![transfer(near(3))]).map(drop);
    assert!(format!("{refused:?}").contains("TransferToUniversalAccountNotAllowed"));

    let mut world = World::new(88);
    world.by("sandbox", account_id.as_str(), vec![transfer(near(3))]);
    let account = world.account(account_id.as_str()).unwrap();
    assert!(!account.is_initialized());
    let called = world.by("sandbox", account_id.as_str(), vec![call("noop", 5)]);
    assert!(failure(&called[1]).contains("AccountNotInitialized"), "{}", failure(&called[1]));

    // Its first transaction names the key that signs it.
    let owner: near_crypto::Signer = near_crypto::InMemorySigner::from_secret_key(
        account_id.clone(),
        near_crypto::SecretKey::from_seed(KeyType::ED25519, "owner"),
    );
    let init = |deposit| {
        Action::UniversalStateInit(Box::new(UniversalStateInitAction {
            state_init: state_init.clone(),
            deposit,
        }))
    };
    let outcomes = world.send(&owner, account_id.as_str(), vec![init(Balance::ZERO)]).unwrap();
    assert_eq!(failure(&outcomes[1]), "");
    let account = world.account(account_id.as_str()).unwrap();
    assert!(account.is_initialized());
    assert_eq!(account.storage_usage(), 100 + (1 + 1 + 40) + (33 + 9 + 40));
    // Now it acts as any other account, and a repeated state init gives the deposit back.
    let before = world.amount("sandbox");
    world.send(&owner, "sandbox", vec![transfer(near(1))]).unwrap();
    assert_eq!(world.amount("sandbox"), before.checked_add(near(1)).unwrap());
    let before = world.amount("sandbox");
    world.by("sandbox", account_id.as_str(), vec![init(near(7))]);
    assert!(before.checked_sub(world.amount("sandbox")).unwrap() < near(1));
}
