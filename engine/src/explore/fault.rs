//! What can be wrong with an account while one receipt runs there.

use near_primitives::account::{Account, AccountContract};
use near_primitives::hash::hash;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, StateChangeCause};

use crate::runtime::rows;
use crate::state::{Overlay, Trie, Value};

/// The account is like this for one receipt, and then what it was.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Its contract is other code.
    Code(Value),
    /// It has no contract.
    NoCode,
    /// It does not exist.
    Absent,
}

/// What the account was.
pub struct Undo {
    account: Account,
    code: Option<Value>,
}

impl Fault {
    /// The state with the fault in it, and what takes it out again; none where there is no such account anyway.
    pub fn put(&self, state: Trie, account_id: &AccountId) -> Result<(Trie, Option<Undo>), String> {
        let mut overlay = Overlay::for_view(state.clone());
        let Some(account) = rows::account(&overlay, account_id) else {
            return Ok((state, None));
        };
        let code_row = TrieKey::ContractCode { account_id: account_id.clone() };
        let undo = Undo { account: account.clone(), code: overlay.get_unrecorded(&code_row) };
        let mut changed = account;
        match self {
            Fault::Absent => {
                if account_id.get_account_type().is_implicit() {
                    return Err(format!(
                        "{account_id} cannot be missing: money for an implicit account creates it"
                    ));
                }
                overlay.remove(TrieKey::Account { account_id: account_id.clone() });
            }
            Fault::NoCode => {
                with_contract(&mut changed, AccountContract::None)?;
                overlay.remove(code_row);
                rows::set_account(&mut overlay, account_id, &changed);
            }
            Fault::Code(code) => {
                with_contract(&mut changed, AccountContract::Local(hash(code)))?;
                overlay.set_raw(code_row, code.clone());
                rows::set_account(&mut overlay, account_id, &changed);
            }
        }
        Ok((finished(overlay), Some(undo)))
    }

    /// The state as it is once the fault has gone.
    pub fn take_out(
        &self,
        state: Trie,
        account_id: &AccountId,
        undo: Undo,
    ) -> Result<Trie, String> {
        let mut overlay = Overlay::for_view(state);
        let restored = match self {
            Fault::Absent => undo.account,
            Fault::NoCode | Fault::Code(_) => {
                let Some(mut account) = rows::account(&overlay, account_id) else {
                    // What ran in its place has deleted it.
                    return Ok(finished(overlay));
                };
                with_contract(&mut account, undo.account.contract().into_owned())?;
                account
            }
        };
        let code_row = TrieKey::ContractCode { account_id: account_id.clone() };
        rows::set_account(&mut overlay, account_id, &restored);
        match undo.code {
            Some(code) => overlay.set_raw(code_row, code),
            None => overlay.remove(code_row),
        }
        Ok(finished(overlay))
    }
}

fn with_contract(account: &mut Account, contract: AccountContract) -> Result<(), String> {
    account.set_contract(contract).map_err(|error| format!("its contract stays: {error:?}"))
}

fn finished(mut overlay: Overlay) -> Trie {
    overlay.commit(StateChangeCause::Migration);
    overlay.finish().0
}
