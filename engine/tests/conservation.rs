//! Random transactions: the chain itself checks after every chunk that balances add up, and panics where they do not;
//! here the sum over all accounts is compared with the supply as well.

mod support;

use near_crypto::KeyType;
use near_primitives::account::{AccessKey, Account};
use near_primitives::action::{
    AddKeyAction, CreateAccountAction, DeleteAccountAction, DeleteKeyAction, DeployContractAction,
    StakeAction, TransferToGasKeyAction, WithdrawFromGasKeyAction,
};
use near_primitives::transaction::Action;
use near_primitives::types::Balance;
use support::*;

struct Dice(u64);
impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % sides
    }
    fn of<'a>(&mut self, names: &[&'a str]) -> &'a str {
        names[self.roll(names.len() as u64) as usize]
    }
}

const NAMES: [&str; 6] =
    ["a.sandbox", "b.sandbox", "c.sandbox", "x.a.sandbox", "nobody.sandbox", "sandbox"];

fn random_action(dice: &mut Dice) -> Action {
    match dice.roll(14) {
        0 => Action::CreateAccount(CreateAccountAction {}),
        1 => Action::DeployContract(DeployContractAction { code: BURNER.to_vec() }),
        2 => call("burn", 1 + dice.roll(5)),
        3 => call(["noop", "nothing", ""][dice.roll(3) as usize], 1 + dice.roll(300)),
        4 => Action::Stake(Box::new(StakeAction {
            stake: near(u128::from(dice.roll(3)) * 900),
            public_key: key(dice.of(&NAMES)),
        })),
        5 => add_key(key(dice.of(&NAMES))),
        6 => Action::DeleteKey(Box::new(DeleteKeyAction { public_key: key(dice.of(&NAMES)) })),
        7 => Action::DeleteAccount(DeleteAccountAction { beneficiary_id: id(dice.of(&NAMES)) }),
        8 => Action::AddKey(Box::new(AddKeyAction {
            public_key: key("gas"),
            access_key: AccessKey::gas_key_full_access(2),
        })),
        9 => Action::TransferToGasKey(Box::new(TransferToGasKeyAction {
            public_key: key("gas"),
            deposit: near(1),
        })),
        10 => Action::WithdrawFromGasKey(Box::new(WithdrawFromGasKeyAction {
            public_key: key("gas"),
            amount: near(1),
        })),
        _ => transfer(Balance::from_yoctonear(u128::from(dice.roll(u64::MAX)) * 10_000_000)),
    }
}

/// Everything that accounts and their gas keys hold.
fn held(world: &World) -> u128 {
    let state = &world.chain.head().applied.state;
    let accounts = state.iter_prefix(&[0], None).map(|(_, bytes)| {
        let account: Account = borsh::from_slice(&bytes).unwrap();
        account.amount().as_yoctonear() + account.locked().as_yoctonear()
    });
    let keys = state.iter_prefix(&[2], None).filter_map(|(_, bytes)| {
        let key: AccessKey = borsh::from_slice(&bytes).ok()?;
        key.gas_key_info().map(|info| info.balance.as_yoctonear())
    });
    accounts.sum::<u128>() + keys.sum::<u128>()
}

fn supply(world: &World) -> u128 {
    let head = world.chain.head();
    head.facts.total_supply.as_yoctonear() - head.applied.balance_burnt.as_yoctonear()
}

#[test]
fn whatever_is_sent_nothing_is_lost_or_made() {
    for version in 84..=88 {
        let mut world = World::new(version);
        let mut dice = Dice(u64::from(version));
        for name in ["a.sandbox", "b.sandbox", "c.sandbox"] {
            world.create(name, near(5_000));
        }
        let (mut accepted, mut refused) = (0, 0);
        // Rewards begin with the second epoch, and some of them go to nobody, as in nearcore: stay in the first.
        while world.chain.height() < 50 {
            for _ in 0..1 + dice.roll(12) {
                let signer = signer(dice.of(&NAMES), KeyType::ED25519);
                let actions = (0..dice.roll(4)).map(|_| random_action(&mut dice)).collect();
                match world.submit(&signer, dice.of(&NAMES), actions) {
                    Ok(_) => accepted += 1,
                    Err(_) => refused += 1,
                }
            }
            world.chain.produce_block();
        }
        world.settle();
        assert!(accepted > 50 && refused > 10, "{version}: {accepted} accepted, {refused} refused");
        assert_eq!(held(&world), supply(&world), "protocol version {version}");
    }
}
