//! Which name calls which method.

use near_jsonrpc_primitives::errors::RpcError;
use serde_json::Value;

use super::json::Json;
use super::{
    Reply, blocks, changes, client_config, config, light_client, query, receipts, sandbox, status,
    transactions, validators, views,
};
use crate::chain::Chain;

/// Calls a method. Several have a second name, from the time before they were stable or after it.
pub fn call(chain: &mut Chain, method: &str, params: Value) -> Reply {
    match method {
        "send_tx" => transactions::send_tx(chain, params),
        "broadcast_tx_commit" => transactions::broadcast_tx_commit(chain, params),
        "broadcast_tx_async" => transactions::broadcast_tx_async(chain, params),
        "tx" => transactions::tx(chain, params),
        "tx_status" | "EXPERIMENTAL_tx_status" => transactions::tx_with_receipts(chain, params),
        "sandbox_patch_state" => sandbox::patch_state(chain, params),
        "sandbox_fast_forward" => sandbox::fast_forward(chain, params),
        _ => Reply::Done(read(chain, method, params)),
    }
}

/// The methods that only read.
fn read(chain: &Chain, method: &str, params: Value) -> Result<Json, RpcError> {
    match method {
        "block" => blocks::block(chain, params),
        "chunk" => blocks::chunk(chain, params),
        "EXPERIMENTAL_congestion_level" => blocks::congestion_level(chain, params),
        "gas_price" => blocks::gas_price(chain, params),
        "query" => query::query(chain, params),
        "EXPERIMENTAL_view_account" => views::account(chain, params),
        "EXPERIMENTAL_view_code" => views::code(chain, params),
        "EXPERIMENTAL_view_state" => views::state(chain, params),
        "EXPERIMENTAL_view_access_key" => views::access_key(chain, params),
        "EXPERIMENTAL_view_access_key_list" => views::access_key_list(chain, params),
        "EXPERIMENTAL_view_gas_key_nonces" => views::gas_key_nonces(chain, params),
        "EXPERIMENTAL_call_function" => views::call_function(chain, params),
        "EXPERIMENTAL_receipt" => receipts::receipt(chain, params),
        "EXPERIMENTAL_receipt_to_tx" => receipts::receipt_to_tx(chain, params),
        "changes" | "EXPERIMENTAL_changes" => changes::changes(chain, params),
        "block_effects" | "EXPERIMENTAL_changes_in_block" => changes::kinds(chain, params),
        "validators" => validators::validators(chain, params),
        "EXPERIMENTAL_validators_ordered" => validators::ordered(chain, params),
        "maintenance_windows" | "EXPERIMENTAL_maintenance_windows" => {
            validators::maintenance_windows(chain, params)
        }
        "light_client_proof" | "EXPERIMENTAL_light_client_proof" => {
            light_client::execution_proof(chain, params)
        }
        "EXPERIMENTAL_light_client_block_proof" => light_client::block_proof(chain, params),
        "next_light_client_block" => light_client::next_block(chain, params),
        "EXPERIMENTAL_protocol_config" => config::protocol_config(chain, params),
        "genesis_config" | "EXPERIMENTAL_genesis_config" => config::genesis_config(chain),
        "client_config" => client_config::client_config(chain),
        "EXPERIMENTAL_split_storage_info" => config::split_storage_info(chain, params),
        "status" => status::status(chain),
        "health" => Ok(Json::null()),
        "network_info" => status::network_info(),
        _ => Err(RpcError::method_not_found(method.to_owned())),
    }
}
