//! The chain: blocks, transactions that wait, time, snapshots.

pub mod block;
mod blocks;
mod context;
mod defects;
pub mod epochs;
mod file;
mod genesis;
pub mod header;
mod journal;
mod lookup;
mod pending;
mod pool;
mod produce;
mod saved;
mod schedule;
mod submit;
mod time;

use std::sync::Arc;

use near_chain_configs::GenesisConfig;
use near_crypto::{PublicKey, SecretKey};
use near_parameters::{RuntimeConfig, RuntimeConfigStore};
use near_primitives::merkle::PartialMerkleTree;
use near_primitives::state_record::StateRecord;
use near_primitives::types::{AccountId, BlockHeight, Gas, ProtocolVersion};

pub use crate::runtime::view::{ViewCall, ViewCallError};
pub use block::{Applied, Block, StoredOutcome, StoredTransaction};
use blocks::Blocks;
use defects::Defects;
use epochs::{Epoch, Progress};
pub use genesis::{protocol_versions, sandbox_genesis};
use header::Facts;
pub use pending::Pending;
use pool::Pool;
use schedule::Queue;
pub use schedule::{Choice, Chosen};
use time::Timing;

use crate::cache::ContractCache;
use crate::debug_log::DebugLog;
use crate::guard;
use crate::node_config::NodeConfig;
use crate::runtime;

/// Who asks for blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockMode {
    /// A sent transaction makes the blocks that it waits for.
    Auto,
    /// A ticker calls `produce_block`; requests wait.
    Interval,
    /// Somebody calls `produce_block` on demand; requests wait.
    Manual,
}

/// Where block times come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A fixed step per height from the genesis time on.
    Steps,
    /// The wall clock, plus what was fast-forwarded.
    Wall,
}

/// How a chain is run.
#[derive(Clone)]
pub struct Options {
    pub blocks: BlockMode,
    pub clock: Clock,
    pub cache: Arc<ContractCache>,
    /// Where contracts print.
    pub debug_log: Arc<DebugLog>,
    pub node: NodeSettings,
}

/// What a node's own files say, beside the genesis.
#[derive(Clone, Debug, Default)]
pub struct NodeSettings {
    /// Where the node says that it listens.
    pub rpc_addr: Option<String>,
    pub public_key: Option<PublicKey>,
    /// What blocks are signed with for those who ask.
    pub validator_key: Option<SecretKey>,
    /// The most gas that a view call may burn; by default as much as any call.
    pub max_gas_burnt_view: Option<Gas>,
    /// The number of epochs, with that of the head, whose blocks are kept; by default all of them.
    pub gc_num_epochs_to_keep: Option<u64>,
    /// The rest of what its configuration says.
    pub config: NodeConfig,
}

/// What never changes while a chain lives.
struct Settings {
    genesis: GenesisConfig,
    runtime: Arc<RuntimeConfig>,
    chain_id: Arc<str>,
    options: Options,
}

/// One chain. A clone is a pointer copy: that is what a snapshot is.
#[derive(Clone)]
pub struct Chain {
    settings: Arc<Settings>,
    head: Arc<Block>,
    genesis_block: Arc<Block>,
    blocks: Blocks,
    pool: Pool,
    /// Receipts on their way.
    queue: Queue,
    patches: Vec<StateRecord>,
    /// Receipts wait in the state for room in a chunk.
    delayed: bool,
    progress: Progress,
    merkle: PartialMerkleTree,
    timing: Timing,
    /// Blocks come on demand for now, whatever the chain's own way is.
    paused: bool,
    defects: Defects,
    /// Whose receipts panic, for tests.
    panics_at: Option<AccountId>,
    /// What blocks were made of, where somebody keeps it.
    journal: Option<Vec<(BlockHeight, Vec<u8>)>>,
}

impl Chain {
    /// A chain of one block. The genesis is JSON as in nearcore's `genesis.json`.
    pub fn new(genesis_json: &str, options: Options) -> Result<Chain, String> {
        let (genesis, state) = genesis::load(genesis_json)?;
        let runtime = runtime_config(&genesis);
        guard::prepare_engine(&runtime.wasm_config)?;
        let epoch = Arc::new(Epoch::of_genesis(&genesis));
        let applied = Applied { state, ..Applied::default() };
        let timestamp = near_primitives::utils::to_timestamp(genesis.genesis_time);
        let (header, chunk_header) = header::genesis_header(
            genesis.protocol_version,
            genesis.genesis_height,
            timestamp,
            genesis.gas_limit,
            genesis.min_gas_price,
            genesis.total_supply,
            near_primitives::block_header::compute_bp_hash_from_validator_stakes(
                &epoch.validators.to_vec(),
                true,
            ),
            &applied,
        );
        let block = Arc::new(Block {
            hash: *header.hash(),
            height: header.height(),
            chunk_hash: chunk_header.chunk_hash().0,
            facts: Facts::of(header, chunk_header, &epoch),
            transactions: Vec::new(),
            incoming: Vec::new(),
            applied,
            epoch,
        });
        let chain_id = Arc::from(genesis.chain_id.as_str());
        let mut chain = Chain {
            settings: Arc::new(Settings { genesis, runtime, chain_id, options }),
            head: block.clone(),
            genesis_block: block.clone(),
            blocks: Blocks::default(),
            pool: Pool::default(),
            queue: Queue::default(),
            defects: Defects::default(),
            panics_at: None,
            journal: None,
            patches: Vec::new(),
            delayed: false,
            progress: Progress { first_timestamp: timestamp, ..Progress::default() },
            merkle: PartialMerkleTree::default(),
            timing: Timing::default(),
            paused: false,
        };
        chain.add_block(block);
        Ok(chain)
    }

    fn add_block(&mut self, block: Arc<Block>) {
        self.blocks.push(block.clone());
        self.head = block;
    }

    /// The parsed genesis configuration (without records).
    pub fn genesis(&self) -> &GenesisConfig {
        &self.settings.genesis
    }

    /// The parameters of the chain's protocol version.
    pub fn runtime_config(&self) -> &Arc<RuntimeConfig> {
        &self.settings.runtime
    }

    /// Who asks for blocks now.
    pub fn mode(&self) -> BlockMode {
        if self.paused { BlockMode::Manual } else { self.settings.options.blocks }
    }

    /// Lets blocks come on demand only, or in the chain's own way again.
    pub fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Becomes what `snapshot` is. Whether it is paused is a matter of who holds the chain, and stays.
    pub fn restore(&mut self, snapshot: &Chain) {
        let paused = self.paused;
        *self = snapshot.clone();
        self.paused = paused;
    }

    /// How it is run.
    pub fn options(&self) -> &Options {
        &self.settings.options
    }

    /// What the node's own files say.
    pub fn node(&self) -> &NodeSettings {
        &self.settings.options.node
    }

    /// Where block times come from.
    pub fn clock(&self) -> Clock {
        self.settings.options.clock
    }

    pub fn chain_id(&self) -> &str {
        &self.settings.chain_id
    }

    pub fn protocol_version(&self) -> ProtocolVersion {
        self.settings.genesis.protocol_version
    }

    pub fn height(&self) -> BlockHeight {
        self.head.height
    }

    /// What the current epoch has seen so far.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Number of blocks since genesis (`block_ordinal` of the head).
    pub fn blocks(&self) -> u64 {
        self.head.facts.ordinal
    }

    /// Whether transactions wait for a block to take them.
    pub fn pooled(&self) -> bool {
        !self.pool.is_empty()
    }

    /// Whether further blocks can change anything by themselves: transactions in the pool, receipts on their way or
    /// delayed, patches. False when nothing is left but yields that wait for somebody.
    pub fn in_flight(&self) -> bool {
        !self.pool.is_empty() || !self.queue.is_empty() || self.delayed || !self.patches.is_empty()
    }

    /// From now on each receipt that is executed at this account panics: so that tests can see what a defect of the engine
    /// does to everybody else.
    pub fn panic_at(&mut self, account_id: AccountId) {
        self.panics_at = Some(account_id);
    }

    /// Leaves records for the end of the next block.
    pub fn patch_state(&mut self, records: Vec<StateRecord>) -> Result<(), String> {
        runtime::check_patch(&records)?;
        self.patches.extend(records);
        Ok(())
    }
}

fn runtime_config(genesis: &GenesisConfig) -> Arc<RuntimeConfig> {
    use std::sync::LazyLock;
    // One store for all chains: the VM keeps an engine per configuration.
    static STORE: LazyLock<RuntimeConfigStore> = LazyLock::new(|| RuntimeConfigStore::new(None));
    STORE.get_config(genesis.protocol_version).clone()
}

#[cfg(test)]
impl Chain {
    /// The chain of a sandbox at genesis, whose blocks come on demand.
    pub fn of_tests() -> Chain {
        let genesis = sandbox_genesis("sandbox", Some("sandbox"), "sandbox", 86, 60, 1_000);
        let options = Options {
            blocks: BlockMode::Manual,
            clock: Clock::Steps,
            cache: crate::cache::contract_cache(None).unwrap(),
            debug_log: Arc::default(),
            node: NodeSettings::default(),
        };
        Chain::new(&genesis.unwrap(), options).unwrap()
    }
}
