//! Transfers that any key can make, and a resolve that makes tokens.

use crate::{report_transfer, Token, TokenExt};
use near_sdk::json_types::U128;
use near_sdk::{env, near, AccountId, Promise, PromiseError};

#[near]
impl Token {
    /// Moves tokens of the caller. WRONG ON PURPOSE: asks for no yoctoNEAR.
    #[payable]
    pub fn ft_transfer(&mut self, receiver_id: AccountId, amount: U128, memo: Option<String>) {
        let sender = env::predecessor_account_id();
        self.move_tokens(&sender, &receiver_id, amount.0, memo);
    }

    /// Moves tokens of the caller, and calls the receiver, who returns how many it has not used. WRONG ON PURPOSE: asks
    /// for no yoctoNEAR.
    #[payable]
    pub fn ft_transfer_call(
        &mut self,
        receiver_id: AccountId,
        amount: U128,
        memo: Option<String>,
        msg: String,
    ) -> Promise {
        let sender = env::predecessor_account_id();
        self.move_tokens(&sender, &receiver_id, amount.0, memo);
        Self::call_receiver(sender, receiver_id, amount, msg)
    }

    /// Callback of `ft_transfer_call`: returns to the sender what was not used. WRONG ON PURPOSE: believes the receiver.
    /// What it has spent, or never had, is made out of nothing.
    #[private]
    pub fn ft_resolve_transfer(
        &mut self,
        sender_id: AccountId,
        receiver_id: AccountId,
        amount: U128,
        #[callback_result] unused: Result<U128, PromiseError>,
    ) -> U128 {
        let unused = unused.unwrap_or(amount).0;
        if unused > 0 {
            let left = self.balance(&receiver_id).saturating_sub(unused);
            let back = self.balance(&sender_id).saturating_add(unused);
            self.balances.insert(receiver_id.clone(), left);
            self.balances.insert(sender_id.clone(), back);
            report_transfer(&receiver_id, &sender_id, unused, None);
        }
        amount.0.saturating_sub(unused).into()
    }
}
