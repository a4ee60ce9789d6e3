//! `query`: views of accounts, keys, code and state, and view calls.

use near_jsonrpc_primitives::errors::{RpcError, RpcParseError};
use near_jsonrpc_primitives::types::query::{
    QueryResponseKind, RpcQueryError, RpcQueryRequest, RpcQueryResponse,
};
use near_primitives::action::GlobalContractIdentifier;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, BlockHeight, BlockReference};
use near_primitives::views::{AccountView, QueryRequest};
use serde_json::{Value, json};

use super::json::{Json, to_json};
use super::params::{Form, parse};
use super::{access, contracts, keys, legacy_query, reference};
use crate::chain::{Block, Chain};

pub fn query(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request = match Form::of(params) {
        Form::Two(path, data) => legacy_query::parse_path(parse(path)?, parse(data)?)?,
        other => parse(other.into_named())?,
    };
    check(&request.request)?;
    match run(chain, request) {
        Ok(response) => to_json(&response),
        Err(error) => in_band(error),
    }
}

/// Refuses parameters that exclude each other.
pub fn check(request: &QueryRequest) -> Result<(), RpcParseError> {
    let QueryRequest::ViewState { prefix, after_key, limit, include_proof, .. } = request else {
        return Ok(());
    };
    let page = contracts::Page {
        prefix,
        after: after_key.as_deref().map(Vec::as_slice),
        limit: *limit,
        include_proof: *include_proof,
    };
    match page.contradiction() {
        Some(text) => Err(RpcParseError(text.to_owned())),
        None => Ok(()),
    }
}

/// Two kinds of error travel inside a result here, and the text about a missing block is the database's: clients of the
/// time before errors had structure rely on it.
fn in_band(error: RpcQueryError) -> Result<Json, RpcError> {
    match error {
        RpcQueryError::ContractExecutionError { vm_error, block_height, block_hash, .. } => {
            failure(vm_error, block_height, block_hash)
        }
        RpcQueryError::UnknownAccessKey { public_key, block_height, block_hash } => {
            let text = format!("access key {public_key} does not exist while viewing");
            failure(text, block_height, block_hash)
        }
        RpcQueryError::UnknownBlock { block_reference: BlockReference::BlockId(ref id) } => {
            let text = legacy_query::missing_block(id);
            let cause = serde_json::to_value(&error)
                .map_err(|error| RpcError::serialization_error(error.to_string()))?;
            Err(RpcError::new_internal_or_handler_error(Some(Value::String(text)), cause))
        }
        other => Err(other.into()),
    }
}

fn failure(
    error: String,
    block_height: BlockHeight,
    block_hash: CryptoHash,
) -> Result<Json, RpcError> {
    to_json(
        &json!({"error": error, "logs": [], "block_height": block_height, "block_hash": block_hash}),
    )
}

/// The block that a view looks at, and how errors name it.
pub struct Place<'a> {
    pub chain: &'a Chain,
    pub block: &'a Block,
}

impl Place<'_> {
    pub fn unknown_account(&self, account_id: &AccountId) -> RpcQueryError {
        RpcQueryError::UnknownAccount {
            requested_account_id: account_id.clone(),
            block_height: self.block.height,
            block_hash: self.block.hash,
        }
    }
}

/// Answers a query with nearcore's own response or error type.
pub fn run(chain: &Chain, request: RpcQueryRequest) -> Result<RpcQueryResponse, RpcQueryError> {
    let RpcQueryRequest { block_reference, request } = request;
    let Some(block) = reference::block(chain, &block_reference) else {
        return Err(RpcQueryError::UnknownBlock { block_reference });
    };
    let place = Place { chain, block };
    Ok(RpcQueryResponse {
        kind: view(&place, request)?,
        block_height: block.height,
        block_hash: block.hash,
    })
}

fn view(place: &Place<'_>, request: QueryRequest) -> Result<QueryResponseKind, RpcQueryError> {
    use QueryResponseKind as Kind;
    Ok(match request {
        QueryRequest::ViewAccount { account_id } => Kind::ViewAccount(account(place, &account_id)?),
        QueryRequest::ViewCode { account_id } => {
            Kind::ViewCode(contracts::code(place, &account_id)?)
        }
        QueryRequest::ViewState { account_id, prefix, after_key, limit, include_proof } => {
            let page = contracts::Page {
                prefix: &prefix,
                after: after_key.as_deref().map(Vec::as_slice),
                limit,
                include_proof,
            };
            Kind::ViewState(contracts::state(place, &account_id, &page)?)
        }
        QueryRequest::ViewAccessKey { account_id, public_key } => {
            Kind::AccessKey(keys::access_key(place, account_id, public_key)?)
        }
        QueryRequest::ViewAccessKeyList { account_id, after_key, limit } => {
            Kind::AccessKeyList(keys::list(place, account_id, after_key, limit)?)
        }
        QueryRequest::ViewGasKeyNonces { account_id, public_key } => {
            Kind::GasKeyNonces(keys::gas_key_nonces(place, account_id, public_key)?)
        }
        QueryRequest::CallFunction { account_id, method_name, args } => {
            Kind::CallResult(contracts::call(place, &account_id, &method_name, &args)?)
        }
        QueryRequest::ViewGlobalContractCode { code_hash } => Kind::ViewCode(
            contracts::global_code(place, GlobalContractIdentifier::CodeHash(code_hash))?,
        ),
        QueryRequest::ViewGlobalContractCodeByAccountId { account_id } => Kind::ViewCode(
            contracts::global_code(place, GlobalContractIdentifier::AccountId(account_id))?,
        ),
    })
}

fn account(place: &Place<'_>, account_id: &AccountId) -> Result<AccountView, RpcQueryError> {
    access::account(&place.block.applied.state, account_id)
        .map(AccountView::from)
        .ok_or_else(|| place.unknown_account(account_id))
}
