//! Who validates: `validators`, `EXPERIMENTAL_validators_ordered`, `maintenance_windows`.

use std::sync::Arc;

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::maintenance::{
    RpcMaintenanceWindowsRequest, RpcMaintenanceWindowsResponse,
};
use near_jsonrpc_primitives::types::validator::{RpcValidatorError, RpcValidatorsOrderedRequest};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{BlockId, EpochId, EpochReference, NumBlocks};
use near_primitives::views::validator_stake_view::ValidatorStakeView;
use near_primitives::views::{
    CurrentEpochValidatorInfo, EpochValidatorInfo, NextEpochValidatorInfo, ValidatorKickoutView,
};
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::{Form, parse};
use super::reference;
use crate::chain::header::shard_id;
use crate::chain::{Block, Chain};

pub fn validators(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let wanted = match Form::of(params) {
        Form::One(id) => match parse::<Option<BlockId>>(id)? {
            Some(id) => EpochReference::BlockId(id),
            None => EpochReference::Latest,
        },
        other => parse(other.into_named())?,
    };
    let last = last_block(chain, &wanted)?;
    to_json(&epoch_info(chain, last))
}

/// The block up to which an epoch is told: its last one, or the head in the epoch that goes on. As in nearcore a block id
/// has to name the last block of an epoch, and an epoch id a past epoch.
fn last_block<'a>(
    chain: &'a Chain,
    wanted: &EpochReference,
) -> Result<&'a Arc<Block>, RpcValidatorError> {
    match wanted {
        EpochReference::Latest => Ok(chain.head()),
        EpochReference::EpochId(id) => {
            last_block_of(chain, id).ok_or(RpcValidatorError::UnknownEpoch)
        }
        EpochReference::BlockId(id) => {
            let block = reference::by_id(chain, id).ok_or(RpcValidatorError::UnknownEpoch)?;
            let next = reference::next(chain, block).ok_or(RpcValidatorError::UnknownEpoch)?;
            if next.epoch_id() == block.epoch_id() {
                return Err(RpcValidatorError::ValidatorInfoUnavailable);
            }
            Ok(block)
        }
    }
}

fn last_block_of<'a>(chain: &'a Chain, id: &EpochId) -> Option<&'a Arc<Block>> {
    let head = chain.head();
    let past =
        reference::ancestors(chain, head).skip_while(|block| block.epoch_id() == head.epoch_id());
    past.into_iter().find(|block| block.epoch_id() == id)
}

fn epoch_info(chain: &Chain, last: &Arc<Block>) -> EpochValidatorInfo {
    let epoch = &last.epoch;
    let blocks: Vec<&Arc<Block>> = reference::ancestors(chain, last)
        .take_while(|block| block.epoch_id() == last.epoch_id() && block.height > 0)
        .collect();
    let made = blocks.len() as NumBlocks;
    // A skipped height is a block that the validator was expected to make.
    let first = blocks.last().map_or(last.height, |first| first.height);
    let heights = if made == 0 { 0 } else { last.height - first + 1 };
    // The chunks of an epoch tell the proposals, one block late, as their headers do; only the last of an account counts.
    let mut proposals: Vec<ValidatorStake> = Vec::new();
    for proposal in blocks.iter().flat_map(|block| block.facts.body.proposals.iter().cloned()) {
        if !proposals.iter().any(|newer| newer.account_id() == proposal.account_id()) {
            proposals.push(proposal);
        }
    }
    proposals.sort_by(|a, b| a.account_id().cmp(b.account_id()));
    EpochValidatorInfo {
        current_validators: epoch
            .validators
            .iter()
            .enumerate()
            .map(|(index, stake)| match index {
                0 => current(stake, made, heights),
                _ => current(stake, 0, 0),
            })
            .collect(),
        next_validators: epoch.next_validators.iter().map(upcoming).collect(),
        current_fishermen: vec![],
        next_fishermen: vec![],
        current_proposals: proposals.into_iter().map(Into::into).collect(),
        prev_epoch_kickout: epoch
            .kickouts
            .iter()
            .map(|(account_id, reason)| ValidatorKickoutView {
                account_id: account_id.clone(),
                reason: reason.clone(),
            })
            .collect(),
        epoch_start_height: epoch.first_block,
        epoch_height: epoch.height,
        validator_reward_paid_prev_epoch: epoch.rewards_before.clone().into_iter().collect(),
    }
}

/// The first validator makes all blocks; another has no node that could. Chunks come with every block.
fn current(
    stake: &ValidatorStake,
    made: NumBlocks,
    heights: NumBlocks,
) -> CurrentEpochValidatorInfo {
    CurrentEpochValidatorInfo {
        account_id: stake.account_id().clone(),
        public_key: stake.public_key().clone(),
        is_slashed: false,
        stake: stake.stake(),
        shards_produced: vec![shard_id()],
        num_produced_blocks: made,
        num_expected_blocks: heights,
        num_produced_chunks: made,
        num_expected_chunks: made,
        num_produced_chunks_per_shard: vec![made],
        num_expected_chunks_per_shard: vec![made],
        num_produced_endorsements: made,
        num_expected_endorsements: made,
        num_produced_endorsements_per_shard: vec![made],
        num_expected_endorsements_per_shard: vec![made],
        shards_endorsed: vec![shard_id()],
    }
}

fn upcoming(stake: &ValidatorStake) -> NextEpochValidatorInfo {
    NextEpochValidatorInfo {
        account_id: stake.account_id().clone(),
        public_key: stake.public_key().clone(),
        stake: stake.stake(),
        shards: vec![shard_id()],
    }
}

pub fn ordered(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let wanted = match Form::of(params) {
        Form::One(id) => parse(id)?,
        other => parse::<RpcValidatorsOrderedRequest>(other.into_named())?.block_id,
    };
    let block = reference::by_maybe_id(chain, &wanted)
        .ok_or(RpcValidatorError::ValidatorInfoUnavailable)?;
    let validators: Vec<ValidatorStakeView> =
        block.epoch.validators.iter().cloned().map(Into::into).collect();
    to_json(&validators)
}

/// When an account may pause its node without missing a block: never while it is the one that makes them, else all the
/// time that is left of the epoch.
pub fn maintenance_windows(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let account_id = match Form::of(params) {
        Form::One(account_id) => parse(account_id)?,
        other => parse::<RpcMaintenanceWindowsRequest>(other.into_named())?.account_id,
    };
    let head = chain.head();
    let epoch = &head.epoch;
    let end = epoch.first_block.saturating_add(chain.genesis().epoch_length);
    let makes_blocks =
        epoch.validators.first().is_some_and(|stake| *stake.account_id() == account_id);
    let mut windows = RpcMaintenanceWindowsResponse::new();
    if !makes_blocks && head.height < end {
        windows.push(head.height..end);
    }
    to_json(&windows)
}
