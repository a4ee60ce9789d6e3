//! View calls: a method run on a state that nobody changes. runtime_spec 7.3.

use std::sync::Arc;

use near_crypto::{KeyType, PublicKey};
use near_primitives::config::ViewConfig;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance, Gas};
use near_vm_runner::logic::errors::FunctionCallError;
use near_vm_runner::logic::types::ReturnData;

use super::context::BlockContext;
use super::function_call::{self, Call};
use super::rows;
use crate::state::{Overlay, Trie};

/// What a view call gave.
pub struct ViewCall {
    pub result: Vec<u8>,
    pub logs: Vec<String>,
}

/// Why a view call gave nothing.
pub enum ViewCallError {
    AccountDoesNotExist,
    /// The contract's own failure, in the VM's type.
    Contract(FunctionCallError),
    /// The node's failure: a broken state or disk.
    Internal(String),
}

/// Calls a method of a contract in its own name.
pub fn call(
    block: &BlockContext,
    state: &Trie,
    account_id: &AccountId,
    method: &str,
    args: &[u8],
    max_gas_burnt: Gas,
) -> Result<ViewCall, ViewCallError> {
    let mut overlay = Overlay::for_view(state.clone());
    let account = rows::account(&overlay, account_id).ok_or(ViewCallError::AccountDoesNotExist)?;
    let call = Call {
        account_id,
        account: &account,
        predecessor_id: account_id,
        signer_id: account_id,
        signer_key: borsh::to_vec(&PublicKey::empty(KeyType::ED25519)).expect("borsh of a key"),
        refund_to: account_id,
        method,
        args,
        deposit: Balance::ZERO,
        gas: max_gas_burnt,
        action_hash: CryptoHash::default(),
        random_value: state.root_hash(),
        // nearcore names the type, and that type is not for threads.
        #[allow(clippy::arc_with_non_send_sync)]
        promise_results: Arc::new([]),
        output_data_receivers: Vec::new(),
        proof_before: 0,
        view: Some(ViewConfig { max_gas_burnt }),
    };
    let (outcome, _) =
        function_call::run(block, &mut overlay, call).map_err(ViewCallError::Internal)?;
    match outcome.aborted {
        Some(error) => Err(ViewCallError::Contract(error)),
        None => Ok(ViewCall {
            result: match outcome.return_data {
                ReturnData::Value(value) => value,
                ReturnData::ReceiptIndex(_) | ReturnData::None => Vec::new(),
            },
            logs: outcome.logs,
        }),
    }
}
