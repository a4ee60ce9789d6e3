//! `sandbox_patch_state`: rows put into the state as they are. runtime_spec 6.5.

use near_primitives::state_record::StateRecord;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::StateChangeCause;

use crate::state::Overlay;

/// The most that one balance may be, in yoctoNEAR: a thousand times all the NEAR there is. More of it would overflow the
/// sums of a chunk, and the largest number of all is nearcore's mark of a newer version of the row.
const MOST: u128 = 1 << 120;

/// Whether the records are of kinds that a patch may hold, and hold what the chain can reckon with.
pub fn check(records: &[StateRecord]) -> Result<(), String> {
    if let Some(record) = records.iter().find(|record| row(record).is_none()) {
        return Err(format!(
            "sandbox_patch_state takes Account, Data, Contract and AccessKey records, not {record}"
        ));
    }
    records.iter().try_for_each(check_balances)
}

/// Refuses balances that no chain has.
pub fn check_balances(record: &StateRecord) -> Result<(), String> {
    let (account_id, balances) = match record {
        StateRecord::Account { account_id, account } => {
            (account_id, vec![account.amount(), account.locked()])
        }
        StateRecord::AccessKey { account_id, access_key, .. } => {
            (account_id, access_key.gas_key_info().map(|info| info.balance).into_iter().collect())
        }
        _ => return Ok(()),
    };
    match balances.into_iter().find(|balance| balance.as_yoctonear() > MOST) {
        None => Ok(()),
        Some(balance) => Err(format!(
            "{account_id}: a balance of {} yoctoNEAR is more than there can be",
            balance.as_yoctonear()
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
