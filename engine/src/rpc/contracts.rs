//! Views of contracts: their code, their state, and calls that change nothing.

use std::num::NonZeroU32;

use near_jsonrpc_primitives::types::query::RpcQueryError;
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::GlobalContractIdentifier;
use near_primitives::errors::{ActionErrorKind, FunctionCallError};
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::trie_key::trie_key_parsers::get_raw_prefix_for_contract_data;
use near_primitives::trie_key::{GlobalContractCodeIdentifier, TrieKey};
use near_primitives::types::AccountId;
use near_primitives::views::{CallResult, ContractCodeView, StateItem, ViewStateResult};
use near_vm_runner::logic::errors::FunctionCallError as VmError;

use super::access;
use super::query::Place;
use crate::chain::ViewCallError;
use crate::runtime::function_call::action_error;
use crate::state::Trie;

/// nearcore's default limit on the bytes of a state that is listed at once, and of a page.
pub const STATE_LIMIT: u64 = 50_000;
const PAGE_ITEMS: usize = 10_000;

pub fn code(place: &Place<'_>, account_id: &AccountId) -> Result<ContractCodeView, RpcQueryError> {
    let state = &place.block.applied.state;
    let account =
        access::account(state, account_id).ok_or_else(|| place.unknown_account(account_id))?;
    stored_code(state, account_id, &account).ok_or_else(|| RpcQueryError::NoContractCode {
        contract_account_id: account_id.clone(),
        block_height: place.block.height,
        block_hash: place.block.hash,
    })
}

fn stored_code(
    state: &Trie,
    account_id: &AccountId,
    account: &Account,
) -> Option<ContractCodeView> {
    let (key, hash) = match account.contract().into_owned() {
        AccountContract::None => return None,
        AccountContract::Local(hash) => {
            let account_id = account_id.clone();
            (TrieKey::ContractCode { account_id }, Some(hash))
        }
        AccountContract::Global(hash) => {
            (global_key(GlobalContractCodeIdentifier::CodeHash(hash)), Some(hash))
        }
        AccountContract::GlobalByAccount(owner) => {
            let key = global_key(GlobalContractCodeIdentifier::AccountId(owner));
            (key, None)
        }
    };
    read_code(state, &key, hash)
}

fn global_key(identifier: GlobalContractCodeIdentifier) -> TrieKey {
    TrieKey::GlobalContractCode { identifier }
}

fn read_code(state: &Trie, key: &TrieKey, known: Option<CryptoHash>) -> Option<ContractCodeView> {
    let code = state.get(&key.to_vec())?.to_vec();
    let hash = known.unwrap_or_else(|| hash(&code));
    Some(ContractCodeView { code, hash })
}

/// Code that was published for everyone.
pub fn global_code(
    place: &Place<'_>,
    identifier: GlobalContractIdentifier,
) -> Result<ContractCodeView, RpcQueryError> {
    let key = global_key(identifier.clone().into());
    read_code(&place.block.applied.state, &key, None).ok_or(RpcQueryError::NoGlobalContractCode {
        identifier,
        block_height: place.block.height,
        block_hash: place.block.hash,
    })
}

/// Which part of a contract's state is asked for.
pub struct Page<'a> {
    pub prefix: &'a [u8],
    /// Everything up to this key was seen already.
    pub after: Option<&'a [u8]>,
    pub limit: Option<NonZeroU32>,
    pub include_proof: bool,
}

impl Page<'_> {
    fn is_paginated(&self) -> bool {
        self.after.is_some() || self.limit.is_some()
    }

    /// What makes no sense together, in words for a parse error.
    pub fn contradiction(&self) -> Option<&'static str> {
        if self.is_paginated() && self.include_proof {
            return Some("include_proof is not supported with pagination");
        }
        match self.after {
            Some(after) if !after.starts_with(self.prefix) => {
                Some("after_key_base64 must start with prefix_base64")
            }
            _ => None,
        }
    }
}

pub fn state(
    place: &Place<'_>,
    account_id: &AccountId,
    page: &Page<'_>,
) -> Result<ViewStateResult, RpcQueryError> {
    let state = &place.block.applied.state;
    let account =
        access::account(state, account_id).ok_or_else(|| place.unknown_account(account_id))?;
    if !page.is_paginated() && data_bytes(state, account_id, &account) > STATE_LIMIT {
        return Err(RpcQueryError::TooLargeContractState {
            contract_account_id: account_id.clone(),
            block_height: place.block.height,
            block_hash: place.block.hash,
        });
    }
    let prefix = get_raw_prefix_for_contract_data(account_id, page.prefix);
    let own = prefix.len() - page.prefix.len();
    let after = page.after.map(|after| get_raw_prefix_for_contract_data(account_id, after));
    let mut rows = state.iter_prefix(&prefix, after.as_deref());
    let mut result = ViewStateResult { values: Vec::new(), proof: Vec::new(), last_key: None };
    if page.is_paginated() {
        let items = page.limit.map_or(PAGE_ITEMS, |limit| limit.get() as usize);
        let mut bytes = 0;
        while result.values.len() < items.min(PAGE_ITEMS) && bytes < STATE_LIMIT {
            let Some((key, value)) = rows.next() else {
                return Ok(result);
            };
            bytes += (key.len() - own + value.len()) as u64;
            result.values.push(item(&key[own..], &value));
        }
        if rows.next().is_some() {
            result.last_key = result.values.last().map(|item| item.key.clone());
        }
        return Ok(result);
    }
    result.values = rows.map(|(key, value)| item(&key[own..], &value)).collect();
    if page.include_proof {
        result.proof = state.proof(&prefix);
    }
    Ok(result)
}

fn item(key: &[u8], value: &[u8]) -> StateItem {
    StateItem { key: key.to_vec().into(), value: value.to_vec().into() }
}

/// What an account pays for besides its code.
fn data_bytes(state: &Trie, account_id: &AccountId, account: &Account) -> u64 {
    let account_id = account_id.clone();
    let code = match account.contract().as_ref() {
        AccountContract::Local(_) => state.get(&TrieKey::ContractCode { account_id }.to_vec()),
        _ => None,
    };
    let code = code.map_or(0, |code| code.len() as u64);
    account.storage_usage().saturating_sub(code)
}

pub fn call(
    place: &Place<'_>,
    account_id: &AccountId,
    method: &str,
    args: &[u8],
) -> Result<CallResult, RpcQueryError> {
    let call = place.chain.view_call(place.block, account_id, method, args);
    match call {
        Ok(call) => Ok(CallResult { result: call.result, logs: call.logs }),
        Err(ViewCallError::AccountDoesNotExist) => Err(place.unknown_account(account_id)),
        Err(ViewCallError::Contract(error)) => Err(execution_error(place, error)),
        Err(ViewCallError::Internal(error_message)) => {
            Err(RpcQueryError::InternalError { error_message })
        }
    }
}

/// The text shows the VM's own type, the structure is that of outcomes.
fn execution_error(place: &Place<'_>, error: VmError) -> RpcQueryError {
    let vm_error = format!("wasm execution failed with error: {error:?}");
    let error = match action_error(error) {
        ActionErrorKind::FunctionCallError(error) => error,
        other => FunctionCallError::ExecutionError(other.to_string()),
    };
    RpcQueryError::ContractExecutionError {
        vm_error,
        error,
        block_height: place.block.height,
        block_hash: place.block.hash,
    }
}
