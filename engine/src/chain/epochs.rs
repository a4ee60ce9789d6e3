//! Epochs: who validates, what was staked, what is paid back.

use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, BlockHeight, EpochHeight, EpochId};

/// One epoch as the chain sees it.
#[derive(Clone, Debug)]
pub struct Epoch {
    pub id: EpochId,
    pub next_id: EpochId,
    /// 1 for the first one, as contracts see it.
    pub height: EpochHeight,
    pub first_block: BlockHeight,
    pub validators: Vec<ValidatorStake>,
    pub next_validators: Vec<ValidatorStake>,
    /// Proposals seen in this epoch so far are kept in the chain, not here.
    pub seat_price: Balance,
}
