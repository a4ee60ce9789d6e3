//! Nothing is lost or made: checked after every chunk. runtime_spec 2.7.

use std::sync::Arc;

use near_primitives::account::{AccessKey, Account};
use near_primitives::receipt::{Receipt, ReceiptOrStateStoredReceipt};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::Balance;

use super::context::BlockContext;
use super::fees::receipt_value;
use crate::state::{Overlay, Trie};

/// Tokens that a row of the state holds.
fn row_value(block: &BlockContext, key: &TrieKey, bytes: Option<&[u8]>) -> u128 {
    let Some(bytes) = bytes else { return 0 };
    let receipt = |receipt: &Receipt| {
        receipt_value(&block.config, receipt).expect("paid before").as_yoctonear()
    };
    match key {
        TrieKey::Account { .. } => {
            let account: Account = borsh::from_slice(bytes).expect("an account row");
            account.amount().as_yoctonear() + account.locked().as_yoctonear()
        }
        TrieKey::AccessKey { .. } => {
            let key: AccessKey = borsh::from_slice(bytes).expect("a key row");
            key.gas_key_info().map_or(0, |info| info.balance.as_yoctonear())
        }
        TrieKey::PostponedReceipt { .. } | TrieKey::PromiseYieldReceipt { .. } => {
            receipt(&borsh::from_slice(bytes).expect("a receipt row"))
        }
        TrieKey::DelayedReceipt { .. } => {
            let stored: ReceiptOrStateStoredReceipt<'static> =
                borsh::from_slice(bytes).expect("a receipt row");
            receipt(stored.get_receipt())
        }
        _ => 0,
    }
}

/// Panics where the balances of accounts, keys and receipts do not add up: that is a defect of the engine, and going on
/// would make every later figure wrong.
pub fn check(
    block: &BlockContext,
    before: &Trie,
    after: &Overlay,
    incoming: &[Arc<Receipt>],
    outgoing: &[Arc<Receipt>],
    minted: Balance,
    burnt: Balance,
) {
    let receipts = |list: &[Arc<Receipt>]| -> u128 {
        list.iter()
            .map(|receipt| {
                receipt_value(&block.config, receipt).expect("paid before").as_yoctonear()
            })
            .sum()
    };
    let mut had = minted.as_yoctonear() + receipts(incoming);
    let mut has = burnt.as_yoctonear() + receipts(outgoing);
    for (raw, key, value) in after.changed() {
        had += row_value(block, key, before.get(raw).map(AsRef::as_ref));
        has += row_value(block, key, value);
    }
    assert_eq!(had, has, "balances at height {}: tokens were lost or made", block.height);
}
