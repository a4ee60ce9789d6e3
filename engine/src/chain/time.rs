//! Height and time: block times, and moving both forward. runtime_spec 6.1, 6.5.

use std::time::{SystemTime, UNIX_EPOCH};

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::types::{BlockHeight, EpochHeight};

use super::{Chain, Choice, Clock};

/// Nanoseconds between blocks that follow each other: the block delay of `init --fast`.
const STEP: u64 = 120_000_000;
/// Nanoseconds that a skipped height stands for: the mean of `--fast`'s shortest and longest delay.
const SKIPPED: u64 = 310_000_000;
/// nearcore makes real blocks from here to the end of an epoch.
const BEFORE_EPOCH_END: u64 = 3;
/// More blocks than any chain of receipts needs: a contract that calls itself for ever must not hold up the clock.
const IN_FLIGHT_LIMIT: usize = 1_000;

/// Blocks that one call may make: they are kept, about 1.3 KB each. A hundred days of `--fast` need a quarter of them.
const MOST_BLOCKS: u64 = 1_000_000;
/// Real blocks around each end of an epoch.
const BLOCKS_PER_EPOCH: u64 = BEFORE_EPOCH_END + 3;

/// What the coming blocks' times and random values are made of.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Timing {
    /// What was added to the wall clock, in nanoseconds.
    offset: u64,
    /// Nanoseconds from block to block; without meaning for a chain that follows the wall clock.
    step: u64,
    /// The next block's time, where it was chosen.
    timestamp: Option<u64>,
    /// The next block's random value, where it was chosen.
    random: Option<CryptoHash>,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing { offset: 0, step: STEP, timestamp: None, random: None }
    }
}

impl Chain {
    /// Time of the block at `height`, after the head. Skipped heights and a chosen time move the clock for good.
    pub(super) fn next_timestamp(&mut self, height: BlockHeight) -> u64 {
        let previous = self.head.facts.timestamp;
        let skipped = (height - self.head.height - 1) * SKIPPED;
        let chosen = self.timing.timestamp.take();
        match self.settings.options.clock {
            Clock::Steps => chosen.unwrap_or(previous + self.timing.step + skipped),
            Clock::Wall => {
                let now = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_nanos() as u64);
                self.timing.offset += skipped;
                if let Some(chosen) = chosen {
                    self.timing.offset = chosen.saturating_sub(now).max(self.timing.offset);
                    return chosen;
                }
                (now + self.timing.offset).max(previous + 1)
            }
        }
    }

    /// The random value of the block at `height`. It stands for nearcore's hash of a VRF output: deterministic, and
    /// different in every block.
    pub(super) fn next_random(&mut self, height: BlockHeight) -> CryptoHash {
        self.timing.random.take().unwrap_or_else(|| {
            let mut bytes = self.head.facts.random_value.as_bytes().to_vec();
            bytes.extend_from_slice(&height.to_le_bytes());
            hash(&bytes)
        })
    }

    /// Chooses the time of the next block, in nanoseconds since 1970. Time goes on from there.
    pub fn set_next_timestamp(&mut self, timestamp: u64) -> Result<(), String> {
        let now = self.head.facts.timestamp;
        if timestamp <= now {
            return Err(format!(
                "the next block's time {timestamp} is not after the newest block's, {now}: time does not go back"
            ));
        }
        self.timing.timestamp = Some(timestamp);
        Ok(())
    }

    /// Chooses the time from block to block, in nanoseconds.
    pub fn set_step(&mut self, step: u64) -> Result<(), String> {
        if step == 0 {
            return Err("a step of 0 ns: every block is later than the one before".to_owned());
        }
        if self.settings.options.clock == Clock::Wall {
            return Err(
                "this chain follows the wall clock: its blocks have no fixed step".to_owned()
            );
        }
        self.timing.step = step;
        Ok(())
    }

    /// Nanoseconds from block to block.
    pub fn step(&self) -> u64 {
        self.timing.step
    }

    /// Chooses the next block's random value; those after it follow from it.
    pub fn set_next_random(&mut self, random: [u8; 32]) {
        self.timing.random = Some(CryptoHash(random));
    }

    /// Chooses the next block's time and random value, and the time from block to block: all that is given, or nothing.
    pub fn set_next(
        &mut self,
        timestamp: Option<u64>,
        random: Option<[u8; 32]>,
        step: Option<u64>,
    ) -> Result<(), String> {
        let mut changed = self.clone();
        if let Some(step) = step {
            changed.set_step(step)?;
        }
        if let Some(timestamp) = timestamp {
            changed.set_next_timestamp(timestamp)?;
        }
        if let Some(random) = random {
            changed.set_next_random(random);
        }
        *self = changed;
        Ok(())
    }

    /// Makes one of `left` blocks that take the chain to the time `until`, all equally long.
    pub fn produce_towards(&mut self, until: u64, left: u64) {
        let now = self.head.facts.timestamp;
        let part = until.saturating_sub(now) / left.max(1);
        self.timing.timestamp = Some(now + part.max(1));
        self.produce_block();
    }

    /// Makes blocks, at most `most`, until the epoch has this height; whether it has.
    pub fn produce_to_epoch(&mut self, epoch_height: EpochHeight, most: u64) -> bool {
        for _ in 0..most {
            if self.head.epoch.height >= epoch_height {
                break;
            }
            self.produce_block();
        }
        self.head.epoch.height >= epoch_height
    }

    /// Moves height, time and epochs forward as `sandbox_fast_forward` does: what is in flight runs first; epochs end
    /// with real blocks; afterwards the final block is past the target.
    pub fn fast_forward(&mut self, delta: u64) -> Result<(), String> {
        self.height_after(delta)?;
        for _ in 0..IN_FLIGHT_LIMIT {
            if !self.in_flight() {
                break;
            }
            self.produce_block();
        }
        let target = self.height_after(delta)?;
        while !self.skip_towards(target, u64::MAX) {}
        while self.final_head().height < target {
            self.produce_block();
        }
        Ok(())
    }

    /// The height that is `delta` above the head's; or why the chain cannot skip to it.
    pub fn height_after(&self, delta: u64) -> Result<BlockHeight, String> {
        let length = self.genesis().epoch_length;
        if length <= BEFORE_EPOCH_END {
            return Err(format!(
                "epoch_length {length} is too short to fast-forward: more than {BEFORE_EPOCH_END} is needed"
            ));
        }
        let blocks = (delta / length + 1).saturating_mul(BLOCKS_PER_EPOCH.min(length));
        // Nonces of keys are a million times the height.
        let target = self.height().checked_add(delta).filter(|t| *t < u64::MAX / 2_000_000);
        let target = target.ok_or_else(|| {
            format!("cannot fast-forward by {delta} blocks: the height would overflow")
        })?;
        if blocks > MOST_BLOCKS {
            return Err(format!(
                "cannot fast-forward by {delta} heights at once: with epochs of {length} it takes about {blocks} \
                 blocks, and one call makes {MOST_BLOCKS} at the most. Longer epochs (epoch_length in genesis.json) \
                 take fewer"
            ));
        }
        Ok(target)
    }

    /// Makes blocks, at most `most`, until the head is at the height `target`; whether it is. Heights between the ends of
    /// epochs have none.
    pub fn skip_towards(&mut self, target: BlockHeight, most: u64) -> bool {
        let length = self.genesis().epoch_length;
        for _ in 0..most {
            if self.height() >= target {
                break;
            }
            let epoch_end = self.head.epoch.first_block + length;
            let jump = target.min(epoch_end.saturating_sub(BEFORE_EPOCH_END));
            if self.height() > self.genesis_block.height && jump > self.height() + 1 {
                self.make_block(jump, Choice::Everything).expect("everything can be taken");
            } else {
                self.produce_block();
            }
        }
        self.height() >= target
    }
}
