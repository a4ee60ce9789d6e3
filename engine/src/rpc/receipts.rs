//! `EXPERIMENTAL_receipt` and `EXPERIMENTAL_receipt_to_tx`.

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::receipts::{
    RpcReceiptError, RpcReceiptRequest, RpcReceiptToTxError, RpcReceiptToTxRequest,
    RpcReceiptToTxResponse,
};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::utils::create_receipt_id_from_receipt_id;
use near_primitives::views::ReceiptView;
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::parse;
use super::reference;
use crate::chain::{Chain, StoredOutcome};

pub fn receipt(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcReceiptRequest = parse(params)?;
    let receipt_id = request.receipt_reference.receipt_id;
    let receipt =
        chain.receipt(&receipt_id).ok_or(RpcReceiptError::UnknownReceipt { receipt_id })?;
    to_json(&ReceiptView::from(receipt.as_ref().clone()))
}

/// The transaction that a receipt goes back to. The hints of the request save nearcore a search; here everything is at
/// hand.
pub fn receipt_to_tx(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcReceiptToTxRequest = parse(params)?;
    let receipt_id = request.receipt_reference.receipt_id;
    let unknown = || RpcReceiptToTxError::UnknownReceipt { receipt_id };
    let origin = origin(chain, receipt_id).ok_or_else(unknown)?;
    let transaction = chain.transaction(&origin).ok_or_else(unknown)?;
    to_json(&RpcReceiptToTxResponse {
        transaction_hash: origin,
        sender_account_id: transaction.signed.transaction.signer_id().clone(),
    })
}

/// Goes from a receipt to what made it, block by block backwards: the maker never ran after the receipt.
fn origin(chain: &Chain, receipt_id: CryptoHash) -> Option<CryptoHash> {
    let receipt = chain.receipt(&receipt_id)?;
    let (mut wanted, mut is_action) = match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(_) | VersionedReceiptEnum::PromiseYield(_) => {
            (receipt_id, true)
        }
        // Nobody has resumed it: its time was up. It goes back to whoever made the yield.
        VersionedReceiptEnum::PromiseResume(data) if data.data.is_none() => {
            (yield_for(chain, data.data_id)?, true)
        }
        _ => (receipt_id, false),
    };
    for block in reference::ancestors(chain, chain.head()) {
        // Within a block the makers stand before what they made.
        for stored in block.applied.outcomes.iter().rev() {
            let made = if is_action {
                stored.outcome.outcome.receipt_ids.contains(&wanted)
            } else {
                stored.outcome.outcome.executor_id == *receipt.predecessor_id()
                    && made_by(chain, stored).any(|made| made == wanted)
            };
            if made {
                let id = stored.outcome.id;
                if chain.transaction(&id).is_some() {
                    return Some(id);
                }
                (wanted, is_action) = (id, true);
            }
        }
    }
    None
}

/// The ids of all receipts that one execution made, data included: they are numbered, and an outcome names only some.
fn made_by(chain: &Chain, stored: &StoredOutcome) -> impl Iterator<Item = CryptoHash> {
    (0..)
        .map(|index| {
            create_receipt_id_from_receipt_id(&stored.outcome.id, stored.block_height, index)
        })
        .take_while(|id| chain.receipt(id).is_some())
}

/// The receipt that waited for this data.
fn yield_for(chain: &Chain, data_id: CryptoHash) -> Option<CryptoHash> {
    let waits = |receipt: &Receipt| match receipt.versioned_receipt() {
        VersionedReceiptEnum::PromiseYield(action) => action.input_data_ids().contains(&data_id),
        _ => false,
    };
    reference::ancestors(chain, chain.head())
        .flat_map(|block| block.applied.created.iter())
        .find(|receipt| waits(receipt))
        .map(|receipt| *receipt.receipt_id())
}
