//! All blocks of a chain, and where in them something is.
//!
//! Blocks stand in runs, so that a clone of the whole is a pointer and nothing has to be copied to add to it. New blocks come
//! to the newest run while it is short and nobody else holds it; then it is closed, and runs less than twice as long as what
//! came after them are put together with that: there are never many more runs than the logarithm of the number of blocks.
//! Each run has an index over the hashes and ids in its blocks.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;
use near_primitives::types::BlockHeight;

use super::block::{Block, Item};

/// Blocks that a run takes up one by one.
const OPEN: usize = 16;

/// The blocks from genesis to a head.
#[derive(Clone, Default)]
pub struct Blocks {
    newest: Option<Arc<Run>>,
}

struct Run {
    /// Oldest first.
    blocks: Vec<Arc<Block>>,
    /// By `start`; what is older first where that is the same.
    index: Vec<Entry>,
    /// The run before this one.
    older: Option<Arc<Run>>,
}

/// Where a hash leads.
#[derive(Clone, Copy)]
struct Entry {
    /// Its first bytes: hardly ever do two hashes share them.
    start: u64,
    /// The place of the block in its run.
    block: u32,
    /// The place in the block: [`Block::item`].
    item: u32,
}

impl Blocks {
    pub fn push(&mut self, block: Arc<Block>) {
        let open = self.newest.as_mut().and_then(Arc::get_mut);
        match open.filter(|run| run.blocks.len() < OPEN) {
            Some(run) => run.add(block),
            None => {
                let older = self.newest.take().map(Run::closed);
                self.newest = Some(Arc::new(Run { older, ..Run::of(block) }));
            }
        }
    }

    /// Forgets the oldest blocks, up to the first that is `kept`. The others are put together in one run, which takes time
    /// in proportion to their number: not to be done at each block.
    pub fn forget_before(&mut self, kept: impl Fn(&Block) -> bool) {
        let rest: Vec<Arc<Run>> = self
            .iter()
            .rev()
            .take_while(|block| kept(block))
            .cloned()
            .map(Run::of)
            .map(Arc::new)
            .collect();
        let length = rest.len();
        self.newest = Some(Arc::new(Run::joined(rest, length)));
    }

    /// The block at this height.
    pub fn at(&self, height: BlockHeight) -> Option<&Arc<Block>> {
        let run = self.runs().find(|run| run.blocks[0].height <= height)?;
        let place = run.blocks.binary_search_by_key(&height, |block| block.height);
        place.ok().map(|place| &run.blocks[place])
    }

    /// What `wanted` takes of the things that this hash may lead to, the newest first. The hash is not compared here.
    pub fn find<'a, T>(
        &'a self,
        hash: &CryptoHash,
        wanted: impl Fn(&'a Arc<Block>, Item<'a>) -> Option<T>,
    ) -> Option<T> {
        let start = start(hash);
        self.runs().find_map(|run| {
            run.entries(start).iter().rev().find_map(|entry| {
                let block = &run.blocks[entry.block as usize];
                wanted(block, block.item(entry.item as usize))
            })
        })
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Block>> {
        let runs: Vec<&Run> = self.runs().collect();
        runs.into_iter().rev().flat_map(|run| &run.blocks)
    }

    /// Newest first.
    fn runs(&self) -> impl Iterator<Item = &Run> {
        std::iter::successors(self.newest.as_deref(), |run| run.older.as_deref())
    }
}

impl Run {
    fn of(block: Arc<Block>) -> Run {
        let mut index: Vec<Entry> = block
            .ids()
            .zip(0..)
            .map(|(id, item)| Entry { start: start(id), block: 0, item })
            .collect();
        index.sort_by_key(|entry| entry.start);
        Run { blocks: vec![block], index, older: None }
    }

    fn add(&mut self, block: Arc<Block>) {
        let place = self.blocks.len() as u32;
        for (id, item) in block.ids().zip(0..) {
            let start = start(id);
            let after = self.index.partition_point(|entry| entry.start <= start);
            self.index.insert(after, Entry { start, block: place, item });
        }
        self.blocks.push(block);
    }

    /// With the runs before it that are not much longer.
    fn closed(mut run: Arc<Run>) -> Arc<Run> {
        let mut length = run.blocks.len();
        if run.older.as_ref().is_none_or(|older| older.blocks.len() >= 2 * length) {
            return run;
        }
        let mut older = Run::rest(&mut run);
        let mut runs = vec![run];
        while let Some(mut run) = older.take_if(|run| run.blocks.len() < 2 * length) {
            length += run.blocks.len();
            older = Run::rest(&mut run);
            runs.push(run);
        }
        Arc::new(Run { older, ..Run::joined(runs, length) })
    }

    /// The runs before it; let go of, so that they can be taken apart, unless a snapshot holds this one.
    fn rest(run: &mut Arc<Run>) -> Option<Arc<Run>> {
        match Arc::get_mut(run) {
            Some(run) => run.older.take(),
            None => run.older.clone(),
        }
    }

    /// Newest first, `length` blocks in all.
    fn joined(runs: Vec<Arc<Run>>, length: usize) -> Run {
        let mut blocks = Vec::with_capacity(length);
        let mut index = Vec::with_capacity(runs.iter().map(|run| run.index.len()).sum());
        for run in runs.into_iter().rev() {
            let before = blocks.len() as u32;
            index.extend(
                run.index.iter().map(|entry| Entry { block: before + entry.block, ..*entry }),
            );
            match Arc::try_unwrap(run) {
                Ok(run) => blocks.extend(run.blocks),
                Err(run) => blocks.extend(run.blocks.iter().cloned()),
            }
        }
        // The sort of the standard library sees that these are sorted pieces, and merges them.
        index.sort_by_key(|entry: &Entry| entry.start);
        Run { blocks, index, older: None }
    }

    /// Hashes are spread evenly, so that the place is near to where it would be if they were so exactly: from there the search
    /// takes steps that double, to both sides.
    fn entries(&self, start: u64) -> &[Entry] {
        let length = self.index.len();
        let guess = ((u128::from(start) * length as u128) >> 64) as usize;
        let (mut low, mut high, mut step) = (guess, guess, 4);
        while low > 0 && self.index[low].start >= start {
            low = low.saturating_sub(step);
            step *= 2;
        }
        while high < length && self.index[high].start < start {
            high = (high + step).min(length);
            step *= 2;
        }
        let from = low + self.index[low..high].partition_point(|entry| entry.start < start);
        let found = &self.index[from..];
        &found[..found.iter().take_while(|entry| entry.start == start).count()]
    }
}

fn start(hash: &CryptoHash) -> u64 {
    u64::from_be_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use crate::chain::Chain;

    /// Whatever is held of a chain while it grows, there are few runs in which to look.
    #[test]
    fn the_number_of_runs_grows_with_the_logarithm() {
        for held_every in [1, 2, 9, 15, 16, 17, 100, usize::MAX] {
            let mut chain = Chain::of_tests();
            let mut held = Vec::new();
            for number in 1..3_000 {
                chain.produce_block();
                if number % held_every == 0 {
                    held.push(chain.blocks.clone());
                }
                let most = 2 + (number + 1).ilog2() as usize;
                assert!(chain.blocks.runs().count() <= most, "{number}, held every {held_every}");
            }
            let lengths = held.iter().map(|blocks| blocks.iter().count());
            assert!(lengths.eq((1..3_000).filter(|n| n % held_every == 0).map(|n| n + 1)));
        }
    }
}
