//! All blocks of a chain, and where in them something is.
//!
//! Blocks stand in runs that never change, so that a clone of the whole is a pointer and nothing has to be copied to add
//! to it. A new block is a run of its own; runs that are no longer than what came after them are put together with it, as
//! the digits of a binary counter are: there are never more runs than the logarithm of the number of blocks. Each run has
//! an index over the hashes and ids in its blocks.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;
use near_primitives::types::BlockHeight;

use super::block::{Block, Item};

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
        let mut runs = vec![Arc::new(Run::of(block))];
        let mut length = 1;
        let mut older = self.newest.take();
        while let Some(mut run) = older.take_if(|run| run.blocks.len() <= length) {
            length += run.blocks.len();
            older = match Arc::get_mut(&mut run) {
                Some(run) => run.older.take(),
                // A snapshot holds it as well.
                None => run.older.clone(),
            };
            runs.push(run);
        }
        self.newest = Some(Arc::new(Run { older, ..Run::joined(runs, length) }));
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
