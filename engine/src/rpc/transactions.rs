//! Sending transactions and asking about them: `send_tx`, `broadcast_tx_*`, `tx`, `EXPERIMENTAL_tx_status`.

use borsh::BorshDeserialize;
use near_jsonrpc_primitives::errors::RpcParseError;
use near_jsonrpc_primitives::types::transactions::{
    RpcSendTransactionRequest, RpcTransactionError, RpcTransactionResponse,
    RpcTransactionStatusRequest, TransactionInfo,
};
use near_primitives::hash::CryptoHash;
use near_primitives::serialize::from_base64;
use near_primitives::transaction::SignedTransaction;
use near_primitives::views::TxExecutionStatus;
use serde_json::Value;

use super::Reply;
use super::json::to_json;
use super::params::{Form, parse};
use super::progress::{self, Wanted};
use crate::chain::Chain;

pub fn send_tx(chain: &mut Chain, params: Value) -> Reply {
    match parse_send(params) {
        Ok(request) => send(chain, request.signed_transaction, request.wait_until),
        Err(error) => Reply::Done(Err(error.into())),
    }
}

pub fn broadcast_tx_commit(chain: &mut Chain, params: Value) -> Reply {
    match parse_send(params) {
        Ok(request) => {
            let level = TxExecutionStatus::ExecutedOptimistic;
            send(chain, request.signed_transaction, level)
        }
        Err(error) => Reply::Done(Err(error.into())),
    }
}

/// Answers with the hash alone, whatever becomes of the transaction.
pub fn broadcast_tx_async(chain: &mut Chain, params: Value) -> Reply {
    match parse_send(params) {
        Ok(request) => Reply::Done(to_json(&send_unseen(chain, request.signed_transaction))),
        Err(error) => Reply::Done(Err(error.into())),
    }
}

/// A transaction that is known already is not sent again: a client that lost the answer gets it.
fn send(chain: &mut Chain, signed: SignedTransaction, level: TxExecutionStatus) -> Reply {
    if level == TxExecutionStatus::None {
        send_unseen(chain, signed);
        return Reply::Done(to_json(&RpcTransactionResponse {
            final_execution_outcome: None,
            final_execution_status: TxExecutionStatus::None,
        }));
    }
    let hash = signed.get_hash();
    let known = chain.transaction(&hash).is_some();
    if !known && let Err(context) = chain.submit(signed) {
        let error = RpcTransactionError::InvalidTransaction { context };
        return Reply::Done(Err(error.into()));
    }
    let wanted = Wanted { hash, level, with_receipts: false, signed: None };
    progress::pursue(chain, wanted)
}

/// Takes a transaction as nearcore does for a client that does not wait: nobody hears of it when it is invalid.
fn send_unseen(chain: &mut Chain, signed: SignedTransaction) -> CryptoHash {
    let hash = signed.get_hash();
    let known = chain.transaction(&hash).is_some();
    if known || chain.submit(signed).is_ok() {
        progress::include(chain, &hash);
    }
    hash
}

pub fn tx(chain: &mut Chain, params: Value) -> Reply {
    ask(chain, params, false)
}

pub fn tx_with_receipts(chain: &mut Chain, params: Value) -> Reply {
    ask(chain, params, true)
}

fn ask(chain: &mut Chain, params: Value, with_receipts: bool) -> Reply {
    let request = match parse_status(params) {
        Ok(request) => request,
        Err(error) => return Reply::Done(Err(error.into())),
    };
    let (hash, _) = request.transaction_info.to_tx_hash_and_account();
    let wanted = Wanted {
        hash,
        level: request.wait_until,
        with_receipts,
        signed: match request.transaction_info {
            TransactionInfo::Transaction { signed_tx } => Some(Box::new(signed_tx)),
            TransactionInfo::TransactionId { .. } => None,
        },
    };
    let in_block = chain.transaction(&hash).is_some_and(|transaction| transaction.block.is_some());
    if wanted.level == TxExecutionStatus::None && !in_block {
        let unknown = RpcTransactionError::UnknownTransaction { requested_transaction_hash: hash };
        return Reply::Done(Err(wanted.refusal(chain).unwrap_or_else(|| unknown.into())));
    }
    progress::pass_time(chain, &hash);
    progress::pursue(chain, wanted)
}

fn parse_send(params: Value) -> Result<RpcSendTransactionRequest, RpcParseError> {
    match Form::of(params) {
        Form::One(encoded) => Ok(RpcSendTransactionRequest {
            signed_transaction: decode(encoded)?,
            wait_until: TxExecutionStatus::default(),
        }),
        Form::Two(..) => {
            Err(RpcParseError("Unable to parse send request: too many params passed".to_owned()))
        }
        Form::Named(params) => parse(params),
    }
}

fn parse_status(params: Value) -> Result<RpcTransactionStatusRequest, RpcParseError> {
    let transaction_info = match Form::of(params) {
        Form::One(encoded) => decode(encoded)?.into(),
        Form::Two(hash, account) => TransactionInfo::TransactionId {
            tx_hash: parse(hash)?,
            sender_account_id: parse(account)?,
        },
        Form::Named(params) => return parse(params),
    };
    Ok(RpcTransactionStatusRequest { transaction_info, wait_until: TxExecutionStatus::default() })
}

fn decode(encoded: Value) -> Result<SignedTransaction, RpcParseError> {
    let encoded: String = parse(encoded)?;
    let bytes = from_base64(&encoded)
        .map_err(|error| RpcParseError(format!("Failed parsing args: {error}")))?;
    SignedTransaction::try_from_slice(&bytes)
        .map_err(|error| RpcParseError(format!("Failed to decode transaction: {error}")))
}
