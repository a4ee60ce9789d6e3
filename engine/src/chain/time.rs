//! Height and time: block times, and moving both forward. runtime_spec 6.1, 6.5.

use std::time::{SystemTime, UNIX_EPOCH};

use near_primitives::types::BlockHeight;

use super::{Chain, Clock};

/// Nanoseconds between blocks that follow each other: the block delay of `init --fast`.
const STEP: u64 = 120_000_000;
/// Nanoseconds that a skipped height stands for: the mean of `--fast`'s shortest and longest delay.
const SKIPPED: u64 = 310_000_000;
/// nearcore makes real blocks from here to the end of an epoch.
const BEFORE_EPOCH_END: u64 = 3;
/// More blocks than any chain of receipts needs: a contract that calls itself for ever must not hold up the clock.
const IN_FLIGHT_LIMIT: usize = 1_000;

/// Blocks that one call may make: they are kept, about 3 KB each. A hundred days of `--fast` need a quarter of them.
const MOST_BLOCKS: u64 = 1_000_000;
/// Real blocks around each end of an epoch.
const BLOCKS_PER_EPOCH: u64 = BEFORE_EPOCH_END + 3;

impl Chain {
    /// Time of the block at `height`, after the head. Skipped heights add to the clock for good.
    pub(super) fn next_timestamp(&mut self, height: BlockHeight) -> u64 {
        let previous = self.head.header.raw_timestamp();
        let skipped = (height - self.head.height - 1) * SKIPPED;
        match self.settings.options.clock {
            Clock::Steps => previous + STEP + skipped,
            Clock::Wall => {
                self.time_offset += skipped;
                let now = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_nanos() as u64);
                (now + self.time_offset).max(previous + 1)
            }
        }
    }

    /// Moves height, time and epochs forward as `sandbox_fast_forward` does: what is in flight runs first; epochs end
    /// with real blocks; afterwards the final block is past the target.
    pub fn fast_forward(&mut self, delta: u64) -> Result<(), String> {
        let length = self.genesis().epoch_length;
        if length <= BEFORE_EPOCH_END {
            return Err(format!(
                "epoch_length {length} is too short to fast-forward: more than {BEFORE_EPOCH_END} is needed"
            ));
        }
        let too_far =
            || format!("cannot fast-forward by {delta} blocks: the height would overflow");
        for _ in 0..IN_FLIGHT_LIMIT {
            if !self.in_flight() {
                break;
            }
            self.produce_block();
        }
        // Nonces of keys are a million times the height.
        let target = self.height().checked_add(delta).filter(|t| *t < u64::MAX / 2_000_000);
        let target = target.ok_or_else(too_far)?;
        let blocks = (delta / length + 1).saturating_mul(BLOCKS_PER_EPOCH.min(length));
        if blocks > MOST_BLOCKS {
            return Err(format!(
                "cannot fast-forward by {delta} heights at once: with epochs of {length} it takes about {blocks} \
                 blocks, and one call makes {MOST_BLOCKS} at the most. Longer epochs (epoch_length in genesis.json) \
                 take fewer"
            ));
        }
        while self.height() < target {
            let epoch_end = self.head.epoch.first_block + length;
            let jump = target.min(epoch_end.saturating_sub(BEFORE_EPOCH_END));
            if self.height() > self.genesis_block.height && jump > self.height() + 1 {
                self.produce_block_at(jump);
            } else {
                self.produce_block();
            }
        }
        while self.final_head().height < target {
            self.produce_block();
        }
        Ok(())
    }
}
