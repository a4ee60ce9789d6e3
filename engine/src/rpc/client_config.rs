//! `client_config`: the settings of nearcore's client, in its own type.
//!
//! What this node obeys or is told by its `config.json` is shown as it is; the rest is what nearcore takes by default.

use near_chain_configs::{
    ClientConfig, DEFAULT_STATE_PARTS_COMPRESSION_LEVEL, EpochSyncConfig, GCConfig,
    LogSummaryStyle, MutableConfigValue, ProtocolVersionCheckConfig, ReshardingConfig,
    StateSyncConfig, TrackedShardsConfig, default_block_request_timeout,
    default_chunk_validation_threads, default_chunk_wait_mult, default_chunks_cache_height_horizon,
    default_enable_early_prepare_transactions, default_header_sync_expected_height_per_second,
    default_header_sync_initial_timeout, default_header_sync_progress_timeout,
    default_header_sync_stall_ban_timeout, default_log_summary_period,
    default_orphan_state_witness_max_size, default_orphan_state_witness_pool_size,
    default_produce_chunk_add_transactions_time_limit, default_state_request_server_threads,
    default_state_request_throttle_period, default_state_requests_per_throttle_period,
    default_state_sync_p2p_timeout, default_state_sync_retry_backoff, default_sync_check_period,
    default_sync_height_threshold, default_sync_max_block_requests, default_sync_step_period,
    default_transaction_pool_size_limit, default_transaction_pool_strict_nonce_ttl_blocks,
    default_tx_routing_height_horizon, default_view_client_threads,
};
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::client_config::RpcClientConfigResponse;
use near_time::Duration;

use super::json::{Json, to_json};
use super::{contracts, keys, status};
use crate::chain::Chain;

pub fn client_config(chain: &Chain) -> Result<Json, RpcError> {
    to_json(&RpcClientConfigResponse { client_config: of(chain) })
}

fn of(chain: &Chain) -> ClientConfig {
    let node = chain.node();
    let consensus = &node.config.consensus;
    let archive = node.config.archive;
    let changing = |duration: std::time::Duration, name: &str| {
        let duration = Duration::try_from(duration).unwrap_or(Duration::MAX);
        MutableConfigValue::new(duration, name)
    };
    ClientConfig {
        version: status::version(),
        chain_id: chain.chain_id().to_owned(),
        rpc_addr: node.rpc_addr.clone(),
        expected_shutdown: MutableConfigValue::new(None, "expected_shutdown"),
        block_production_tracking_delay: changing(
            consensus.block_production_tracking_delay,
            "block_production_tracking_delay",
        ),
        min_block_production_delay: changing(
            consensus.min_block_production_delay,
            "min_block_production_delay",
        ),
        max_block_production_delay: changing(
            consensus.max_block_production_delay,
            "max_block_production_delay",
        ),
        max_block_wait_delay: changing(consensus.max_block_wait_delay, "max_block_wait_delay"),
        chunk_wait_mult: MutableConfigValue::new(default_chunk_wait_mult(), "chunk_wait_mult"),
        skip_sync_wait: true,
        sync_check_period: default_sync_check_period(),
        sync_step_period: default_sync_step_period(),
        sync_height_threshold: default_sync_height_threshold(),
        sync_max_block_requests: default_sync_max_block_requests(),
        header_sync_initial_timeout: default_header_sync_initial_timeout(),
        header_sync_progress_timeout: default_header_sync_progress_timeout(),
        header_sync_stall_ban_timeout: default_header_sync_stall_ban_timeout(),
        header_sync_expected_height_per_second: default_header_sync_expected_height_per_second(),
        block_request_timeout: default_block_request_timeout(),
        state_sync_p2p_timeout: default_state_sync_p2p_timeout(),
        state_sync_retry_backoff: default_state_sync_retry_backoff(),
        min_num_peers: consensus.min_num_peers,
        log_summary_period: default_log_summary_period(),
        log_summary_style: LogSummaryStyle::Colored,
        produce_empty_blocks: consensus.produce_empty_blocks,
        epoch_length: chain.genesis().epoch_length,
        num_block_producer_seats: chain.genesis().num_block_producer_seats,
        ttl_account_id_router: Duration::HOUR,
        catchup_step_period: Duration::milliseconds(100),
        chunk_request_retry_period: Duration::milliseconds(400),
        doomslug_step_period: MutableConfigValue::new(
            Duration::milliseconds(100),
            "doomslug_step_period",
        ),
        block_header_fetch_horizon: 50,
        gc: match node.gc_num_epochs_to_keep {
            Some(gc_num_epochs_to_keep) => {
                GCConfig { gc_num_epochs_to_keep, ..GCConfig::default() }
            }
            None => GCConfig::default(),
        },
        tracked_shards_config: TrackedShardsConfig::AllShards,
        archive,
        cloud_archival_writer: None,
        save_trie_changes: !archive,
        save_tx_outcomes: true,
        save_receipt_to_tx: true,
        receipt_to_tx_max_hint_window: 20,
        receipt_to_tx_max_hop_distance: 20,
        receipt_to_tx_max_outcomes_per_request: 20_000,
        save_state_changes: true,
        save_untracked_partial_chunks_parts: true,
        view_client_threads: default_view_client_threads(),
        chunk_validation_threads: default_chunk_validation_threads(),
        state_request_throttle_period: default_state_request_throttle_period(),
        state_requests_per_throttle_period: default_state_requests_per_throttle_period(),
        state_request_server_threads: default_state_request_server_threads(),
        trie_viewer_state_size_limit: Some(contracts::STATE_LIMIT),
        view_access_keys_limit: keys::KEYS_LIMIT,
        max_gas_burnt_view: node.max_gas_burnt_view,
        enable_statistics_export: true,
        client_background_migration_threads: 8,
        state_sync: StateSyncConfig {
            parts_compression_lvl: DEFAULT_STATE_PARTS_COMPRESSION_LEVEL,
            ..StateSyncConfig::default()
        },
        epoch_sync: EpochSyncConfig::default(),
        transaction_pool_size_limit: default_transaction_pool_size_limit(),
        transaction_pool_strict_nonce_ttl_blocks: default_transaction_pool_strict_nonce_ttl_blocks(
        ),
        enable_multiline_logging: true,
        resharding_config: MutableConfigValue::new(
            ReshardingConfig::default(),
            "resharding_config",
        ),
        tx_routing_height_horizon: default_tx_routing_height_horizon(),
        disable_tx_routing: false,
        produce_chunk_add_transactions_time_limit: MutableConfigValue::new(
            default_produce_chunk_add_transactions_time_limit(),
            "produce_chunk_add_transactions_time_limit",
        ),
        chunk_distribution_network: None,
        orphan_state_witness_pool_size: default_orphan_state_witness_pool_size(),
        orphan_state_witness_max_size: default_orphan_state_witness_max_size(),
        save_latest_witnesses: false,
        save_invalid_witnesses: false,
        transaction_request_handler_threads: 4,
        protocol_version_check: ProtocolVersionCheckConfig::default(),
        enable_early_prepare_transactions: default_enable_early_prepare_transactions(),
        chunks_cache_height_horizon: default_chunks_cache_height_horizon(),
    }
}
