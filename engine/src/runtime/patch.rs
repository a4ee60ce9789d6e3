//! `sandbox_patch_state`: rows put into the state as they are. runtime_spec 6.5.

use near_primitives::state_record::StateRecord;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::StateChangeCause;

use crate::state::Overlay;

/// Whether the records are of kinds that a patch may hold.
pub fn check(records: &[StateRecord]) -> Result<(), String> {
    match records.iter().find(|record| row(record).is_none()) {
        None => Ok(()),
        Some(record) => Err(format!(
            "sandbox_patch_state takes Account, Data, Contract and AccessKey records, not {record}"
        )),
    }
}

fn row(record: &StateRecord) -> Option<(TrieKey, Vec<u8>)> {
    let borsh = |bytes: std::io::Result<Vec<u8>>| bytes.expect("borsh into memory cannot fail");
    Some(match record {
        StateRecord::Account { account_id, account } => {
            (TrieKey::Account { account_id: account_id.clone() }, borsh(borsh::to_vec(account)))
        }
        StateRecord::Data { account_id, data_key, value } => (
            TrieKey::ContractData { account_id: account_id.clone(), key: data_key.to_vec() },
            value.to_vec(),
        ),
        StateRecord::Contract { account_id, code } => {
            (TrieKey::ContractCode { account_id: account_id.clone() }, code.clone())
        }
        StateRecord::AccessKey { account_id, public_key, access_key } => (
            TrieKey::AccessKey { account_id: account_id.clone(), key_handle: public_key.clone() },
            borsh(borsh::to_vec(access_key)),
        ),
        _ => return None,
    })
}

/// Writes records that `check` has passed.
pub fn apply(state: &mut Overlay, records: &[StateRecord]) {
    for (key, value) in records.iter().filter_map(row) {
        state.set_raw(key, value.into());
    }
    state.commit(StateChangeCause::Migration);
}
