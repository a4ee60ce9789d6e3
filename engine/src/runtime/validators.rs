//! What the first block of an epoch does to the accounts of validators: runtime_spec 6.6.

use std::collections::BTreeMap;

use near_primitives::types::{AccountId, Balance, StateChangeCause};

use super::action::plus;
use super::rows;
use crate::state::Overlay;

/// Rewards of the epoch that ended, and what each account must keep locked.
#[derive(Clone, Debug, Default)]
pub struct ValidatorUpdate {
    pub rewards: BTreeMap<AccountId, Balance>,
    /// For each account that has or had a stake: the most that it stakes in this epoch and its neighbours, and its last
    /// proposal.
    pub keep_locked: BTreeMap<AccountId, Balance>,
}

impl ValidatorUpdate {
    /// Pays and returns; says what was minted.
    pub fn apply(&self, state: &mut Overlay) -> Balance {
        let mut minted = Balance::ZERO;
        for (account_id, keep) in &self.keep_locked {
            let Some(mut account) = rows::account(state, account_id) else { continue };
            let reward = self.rewards.get(account_id).copied().unwrap_or(Balance::ZERO);
            minted = plus(minted, reward);
            let locked = plus(account.locked(), reward);
            let returned = locked.saturating_sub(*keep);
            let still = locked.checked_sub(returned).expect("a part of it");
            if account.set_locked(still).is_err() {
                continue;
            }
            account.set_amount(plus(account.amount(), returned));
            rows::set_account(state, account_id, &account);
        }
        state.commit(StateChangeCause::ValidatorAccountsUpdate);
        minted
    }
}
