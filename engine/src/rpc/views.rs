//! The `EXPERIMENTAL_view_*` methods: one method for each kind of query, with every error as an error.

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::call_function::{RpcCallFunctionError, RpcCallFunctionRequest};
use near_jsonrpc_primitives::types::query::{RpcQueryError, RpcQueryRequest};
use near_jsonrpc_primitives::types::view_access_key::{
    RpcViewAccessKeyError, RpcViewAccessKeyRequest,
};
use near_jsonrpc_primitives::types::view_access_key_list::{
    RpcViewAccessKeyListError, RpcViewAccessKeyListRequest,
};
use near_jsonrpc_primitives::types::view_account::{RpcViewAccountError, RpcViewAccountRequest};
use near_jsonrpc_primitives::types::view_code::{RpcViewCodeError, RpcViewCodeRequest};
use near_jsonrpc_primitives::types::view_gas_key_nonces::{
    RpcViewGasKeyNoncesError, RpcViewGasKeyNoncesRequest,
};
use near_jsonrpc_primitives::types::view_state::{RpcViewStateError, RpcViewStateRequest};
use near_primitives::types::BlockReference;
use near_primitives::views::QueryRequest;
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::parse;
use super::query;
use crate::chain::Chain;

/// A query whose errors become those of its own method. The answers are those of `query`, field by field.
fn view<E>(
    chain: &Chain,
    block_reference: BlockReference,
    request: QueryRequest,
) -> Result<Json, RpcError>
where
    E: From<RpcQueryError> + Into<RpcError>,
{
    let request = RpcQueryRequest { block_reference, request };
    let response = query::run(chain, request).map_err(|error| E::from(error).into())?;
    to_json(&response)
}

pub fn account(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcViewAccountRequest { block_reference, account_id } = parse(params)?;
    let request = QueryRequest::ViewAccount { account_id };
    view::<RpcViewAccountError>(chain, block_reference, request)
}

pub fn code(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcViewCodeRequest { block_reference, account_id } = parse(params)?;
    let request = QueryRequest::ViewCode { account_id };
    view::<RpcViewCodeError>(chain, block_reference, request)
}

pub fn state(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcViewStateRequest = parse(params)?;
    let view_state = QueryRequest::ViewState {
        account_id: request.account_id,
        prefix: request.prefix,
        after_key: request.after_key,
        limit: request.limit,
        include_proof: request.include_proof,
    };
    query::check(&view_state)?;
    view::<RpcViewStateError>(chain, request.block_reference, view_state)
}

pub fn access_key(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcViewAccessKeyRequest { block_reference, account_id, public_key } = parse(params)?;
    let request = QueryRequest::ViewAccessKey { account_id, public_key };
    view::<RpcViewAccessKeyError>(chain, block_reference, request)
}

pub fn access_key_list(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcViewAccessKeyListRequest { block_reference, account_id, after_key, limit } =
        parse(params)?;
    let request = QueryRequest::ViewAccessKeyList { account_id, after_key, limit };
    view::<RpcViewAccessKeyListError>(chain, block_reference, request)
}

pub fn gas_key_nonces(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcViewGasKeyNoncesRequest { block_reference, account_id, public_key } = parse(params)?;
    let request = QueryRequest::ViewGasKeyNonces { account_id, public_key };
    view::<RpcViewGasKeyNoncesError>(chain, block_reference, request)
}

pub fn call_function(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcCallFunctionRequest { block_reference, account_id, method_name, args } = parse(params)?;
    let request = QueryRequest::CallFunction { account_id, method_name, args };
    view::<RpcCallFunctionError>(chain, block_reference, request)
}
