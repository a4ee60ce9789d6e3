//! Epochs: who validates, what was staked, what is paid back. runtime_spec 6.6.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use near_chain_configs::GenesisConfig;
use near_primitives::hash::CryptoHash;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{
    AccountId, Balance, BlockHeight, EpochHeight, EpochId, ValidatorKickoutReason,
};
use primitive_types::U256;

use crate::runtime::ValidatorUpdate;

const NANOSECONDS: u64 = 1_000_000_000;

/// One epoch as the chain sees it.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Epoch {
    pub id: EpochId,
    pub next_id: EpochId,
    /// 1 for the first one, as contracts see it.
    pub height: EpochHeight,
    pub first_block: BlockHeight,
    pub validators: Arc<[ValidatorStake]>,
    pub next_validators: Arc<[ValidatorStake]>,
    /// The stake below which nobody would get a seat.
    pub seat_price: Balance,
    pub next_seat_price: Balance,
    /// What each account that asked for a seat stakes in this epoch and in the next: 0 where it got none.
    pub stakes: BTreeMap<AccountId, Balance>,
    pub next_stakes: BTreeMap<AccountId, Balance>,
    /// Minted when the epoch began, as the reward of the one before.
    pub minted: Balance,
    /// Who was paid of that.
    pub rewards: BTreeMap<AccountId, Balance>,
    /// Who was paid when the epoch before began.
    pub rewards_before: BTreeMap<AccountId, Balance>,
    /// Who lost the seat of the next epoch when this one began, and why.
    pub kickouts: BTreeMap<AccountId, ValidatorKickoutReason>,
}

/// What an epoch has seen so far.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Progress {
    /// The newest proposal of each account.
    pub proposals: BTreeMap<AccountId, ValidatorStake>,
    pub blocks: u64,
    pub first_timestamp: u64,
}

fn stakes_of(validators: &[ValidatorStake]) -> BTreeMap<AccountId, Balance> {
    validators.iter().map(|v| (v.account_id().clone(), v.stake())).collect()
}

impl Epoch {
    /// What the genesis block belongs to.
    pub fn of_genesis(config: &GenesisConfig) -> Epoch {
        let validators: Arc<[ValidatorStake]> = config
            .validators
            .iter()
            .map(|v| ValidatorStake::new(v.account_id.clone(), v.public_key.clone(), v.amount))
            .collect();
        let (_, seat_price) = select(config, validators.to_vec());
        Epoch {
            id: EpochId::default(),
            next_id: EpochId::default(),
            height: 0,
            first_block: config.genesis_height,
            stakes: stakes_of(&validators),
            next_stakes: stakes_of(&validators),
            next_validators: validators.clone(),
            validators,
            seat_price,
            next_seat_price: seat_price,
            minted: Balance::ZERO,
            rewards: BTreeMap::new(),
            rewards_before: BTreeMap::new(),
            kickouts: BTreeMap::new(),
        }
    }

    /// The first epoch: it begins with the block after genesis.
    pub fn first(&self, genesis_hash: CryptoHash) -> Epoch {
        Epoch {
            next_id: EpochId(genesis_hash),
            height: 1,
            first_block: self.first_block + 1,
            ..self.clone()
        }
    }

    /// Whether a block with this last final block is the last of the epoch.
    pub fn ends(&self, last_final: BlockHeight, config: &GenesisConfig) -> bool {
        last_final + 3 >= self.first_block + config.epoch_length
    }

    /// The epoch after this one, and what its first block does to the validators' accounts. `last` are the proposals of
    /// the chunk before that block.
    #[allow(clippy::too_many_arguments)] // each is another part of the chain, met here only
    pub fn following(
        &self,
        config: &GenesisConfig,
        progress: &Progress,
        last_block: CryptoHash,
        last_timestamp: u64,
        first_block: BlockHeight,
        total_supply: Balance,
        last: &[ValidatorStake],
    ) -> (Epoch, ValidatorUpdate) {
        let heights = first_block - self.first_block;
        let rewards = self.rewards(config, progress, last_timestamp, heights, total_supply);
        let minted = rewards.minted;
        let mut candidates: BTreeMap<AccountId, ValidatorStake> = progress.proposals.clone();
        for validator in self.next_validators.iter() {
            let candidate = candidates
                .entry(validator.account_id().clone())
                .or_insert_with(|| validator.clone());
            if let Some(reward) = rewards.accounts.get(validator.account_id()) {
                // A proposal of zero is the wish to leave: it earns nothing to stay with.
                if candidate.stake() > Balance::ZERO {
                    *candidate.stake_mut() = candidate.stake().saturating_add(*reward);
                }
            }
        }
        let asked: BTreeSet<AccountId> = candidates.keys().cloned().collect();
        let wanted: Vec<ValidatorStake> =
            candidates.into_values().filter(|c| c.stake() > Balance::ZERO).collect();
        let (chosen, seat_price) = select(config, wanted);
        // A chain without validators would stop: the old ones stay.
        let validators =
            if chosen.is_empty() { self.next_validators.clone() } else { chosen.into() };
        let mut stakes: BTreeMap<AccountId, Balance> =
            asked.into_iter().map(|account_id| (account_id, Balance::ZERO)).collect();
        stakes.extend(stakes_of(&validators));

        let kickouts = self
            .next_validators
            .iter()
            .filter(|old| validators.iter().all(|new| new.account_id() != old.account_id()))
            .map(|old| {
                let proposed = progress.proposals.get(old.account_id()).map(|p| p.stake());
                let reason = match proposed.unwrap_or(old.stake()) {
                    Balance::ZERO => ValidatorKickoutReason::Unstaked,
                    stake => {
                        ValidatorKickoutReason::NotEnoughStake { stake, threshold: seat_price }
                    }
                };
                (old.account_id().clone(), reason)
            })
            .collect();
        let mut keep_locked: BTreeMap<AccountId, Balance> = BTreeMap::new();
        let proposed = stakes_of(last);
        for known in [&self.stakes, &self.next_stakes, &stakes] {
            for (account_id, stake) in known {
                let keep = keep_locked.entry(account_id.clone()).or_insert(Balance::ZERO);
                let proposal = proposed.get(account_id).copied().unwrap_or(Balance::ZERO);
                *keep = (*keep).max(*stake).max(proposal);
            }
        }
        let next = Epoch {
            id: self.next_id,
            next_id: EpochId(last_block),
            height: self.height + 1,
            first_block,
            validators: self.next_validators.clone(),
            next_validators: validators,
            seat_price: self.next_seat_price,
            next_seat_price: seat_price,
            stakes: self.next_stakes.clone(),
            next_stakes: stakes,
            minted,
            rewards: rewards.accounts.clone(),
            rewards_before: self.rewards.clone(),
            kickouts,
        };
        (next, ValidatorUpdate { rewards: rewards.accounts, keep_locked })
    }

    fn rewards(
        &self,
        config: &GenesisConfig,
        progress: &Progress,
        last_timestamp: u64,
        heights: u64,
        total_supply: Balance,
    ) -> Rewards {
        let duration = last_timestamp.saturating_sub(progress.first_timestamp);
        let inflation = config.max_inflation_rate;
        let total = U256::from(*inflation.numer() as u64)
            * U256::from(total_supply.as_yoctonear())
            * U256::from(duration)
            / (U256::from(config.num_blocks_per_year)
                * U256::from(*inflation.denom() as u64)
                * U256::from(NANOSECONDS));
        let treasury = total * U256::from(*config.protocol_reward_rate.numer() as u64)
            / U256::from(*config.protocol_reward_rate.denom() as u64);
        let (online, of) = online_share(config, progress.blocks, heights);
        let stake_sum = self
            .validators
            .iter()
            .fold(U256::zero(), |sum, v| sum + U256::from(v.stake().as_yoctonear()));
        let mut accounts = BTreeMap::new();
        let tokens = |amount: U256| Balance::from_yoctonear(amount.as_u128());
        accounts.insert(config.protocol_treasury_account.clone(), tokens(treasury));
        let mut minted = treasury;
        for validator in self.validators.iter() {
            let reward = (total - treasury) * U256::from(validator.stake().as_yoctonear())
                / stake_sum
                * online
                / of;
            minted += reward;
            // As in nearcore, a validator that is the treasury loses the treasury's share: minted, but nobody's.
            accounts.insert(validator.account_id().clone(), tokens(reward));
        }
        Rewards { accounts, minted: tokens(minted) }
    }
}

struct Rewards {
    accounts: BTreeMap<AccountId, Balance>,
    minted: Balance,
}

/// The share of a validator's reward that its uptime earns, as a fraction: blocks count by heights, so that skipped ones
/// are missed; chunks and endorsements are never missed here.
fn online_share(config: &GenesisConfig, blocks: u64, heights: u64) -> (U256, U256) {
    let heights = heights.max(1);
    // (blocks / heights + 1 + 1) / 3
    let (numer, denom) = (U256::from(blocks + 2 * heights), U256::from(3 * heights));
    let (min, max) = (config.online_min_threshold, config.online_max_threshold);
    let fraction = |r: u64, s: u64| (U256::from(r), U256::from(s));
    let (min_n, min_d) = fraction(*min.numer() as u64, *min.denom() as u64);
    let (max_n, max_d) = fraction(*max.numer() as u64, *max.denom() as u64);
    if numer * min_d < min_n * denom {
        return (U256::zero(), U256::one());
    }
    // (ratio - min) / (max - min), at most 1
    let above = (numer * min_d - min_n * denom) * max_d;
    let range = (max_n * min_d - min_n * max_d) * denom;
    if above >= range { (U256::one(), U256::one()) } else { (above, range) }
}

/// The candidates who get a seat, and the price of one.
fn select(
    config: &GenesisConfig,
    mut candidates: Vec<ValidatorStake>,
) -> (Vec<ValidatorStake>, Balance) {
    candidates
        .sort_by(|a, b| b.stake().cmp(&a.stake()).then_with(|| a.account_id().cmp(b.account_id())));
    let ratio = config.minimum_stake_ratio;
    let (numer, denom) = (U256::from(*ratio.numer() as u64), U256::from(*ratio.denom() as u64));
    let seats = config.num_block_producer_seats as usize;
    let mut chosen: Vec<ValidatorStake> = Vec::new();
    let mut total = U256::zero();
    for candidate in candidates {
        let stake = U256::from(candidate.stake().as_yoctonear());
        if chosen.len() == seats || stake * denom <= numer * (total + stake) {
            break;
        }
        total += stake;
        chosen.push(candidate);
    }
    let price = if chosen.len() == seats && seats > 0 {
        chosen[seats - 1].stake().as_yoctonear() + 1
    } else {
        let (n, d) = (numer * total, denom - numer);
        ((n + d - U256::one()) / d).as_u128()
    };
    (chosen, Balance::from_yoctonear(price))
}
