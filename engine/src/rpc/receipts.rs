//! `EXPERIMENTAL_receipt` and `EXPERIMENTAL_receipt_to_tx`.

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::receipts::{
    RpcReceiptError, RpcReceiptRequest, RpcReceiptToTxError, RpcReceiptToTxRequest,
    RpcReceiptToTxResponse,
};
use near_primitives::hash::CryptoHash;
use near_primitives::views::ReceiptView;
use serde_json::Value;

use super::access::to_value;
use super::params::parse;
use super::reference;
use crate::chain::Chain;

pub fn receipt(chain: &Chain, params: Value) -> Result<Value, RpcError> {
    let request: RpcReceiptRequest = parse(params)?;
    let receipt_id = request.receipt_reference.receipt_id;
    let receipt =
        chain.receipt(&receipt_id).ok_or(RpcReceiptError::UnknownReceipt { receipt_id })?;
    to_value(&ReceiptView::from(receipt.as_ref().clone()))
}

/// The transaction that a receipt goes back to. The hints of the request save nearcore a search; here everything is at
/// hand.
pub fn receipt_to_tx(chain: &Chain, params: Value) -> Result<Value, RpcError> {
    let request: RpcReceiptToTxRequest = parse(params)?;
    let receipt_id = request.receipt_reference.receipt_id;
    let unknown = || RpcReceiptToTxError::UnknownReceipt { receipt_id };
    let origin = origin(chain, receipt_id).ok_or_else(unknown)?;
    let transaction = chain.transaction(&origin).ok_or_else(unknown)?;
    to_value(&RpcReceiptToTxResponse {
        transaction_hash: origin,
        sender_account_id: transaction.signed.transaction.signer_id().clone(),
    })
}

/// Goes from a receipt to what made it, block by block backwards: the maker never ran after the receipt.
fn origin(chain: &Chain, receipt_id: CryptoHash) -> Option<CryptoHash> {
    chain.receipt(&receipt_id)?;
    let mut wanted = receipt_id;
    for block in reference::ancestors(chain, chain.head()) {
        // Within a block the makers stand before what they made.
        for stored in block.applied.outcomes.iter().rev() {
            if stored.outcome.outcome.receipt_ids.contains(&wanted) {
                wanted = stored.outcome.id;
                if chain.transaction(&wanted).is_some() {
                    return Some(wanted);
                }
            }
        }
    }
    None
}
