//! Transfers that only a full-access key can make, and a resolve that moves what is there.

use crate::{Token, TokenExt};
use near_sdk::json_types::U128;
use near_sdk::serde_json::from_slice;
use near_sdk::{assert_one_yocto, env, near, AccountId, Promise};

/// A longer answer is no number of tokens.
const LONGEST_ANSWER: usize = 100;

#[near]
impl Token {
    /// Moves tokens of the caller, who attaches one yoctoNEAR.
    #[payable]
    pub fn ft_transfer(&mut self, receiver_id: AccountId, amount: U128, memo: Option<String>) {
        assert_one_yocto();
        let sender = env::predecessor_account_id();
        self.move_tokens(&sender, &receiver_id, amount.0, memo);
    }

    /// Moves tokens of the caller, who attaches one yoctoNEAR, and calls the receiver, who returns how many it has not
    /// used. The value is how many were.
    #[payable]
    pub fn ft_transfer_call(
        &mut self,
        receiver_id: AccountId,
        amount: U128,
        memo: Option<String>,
        msg: String,
    ) -> Promise {
        assert_one_yocto();
        let sender = env::predecessor_account_id();
        self.move_tokens(&sender, &receiver_id, amount.0, memo);
        Self::call_receiver(sender, receiver_id, amount, msg)
    }

    /// Callback of `ft_transfer_call`: returns to the sender what was not used, all of it when the receiver has failed or
    /// has answered something else; but no more than was sent, and than the receiver still has.
    #[private]
    pub fn ft_resolve_transfer(
        &mut self,
        sender_id: AccountId,
        receiver_id: AccountId,
        amount: U128,
    ) -> U128 {
        let answer = env::promise_result_checked(0, LONGEST_ANSWER).ok();
        let unused: Option<U128> = answer.and_then(|answer| from_slice(&answer).ok());
        let unused = unused.map_or(amount.0, |unused| unused.0.min(amount.0));
        let back = unused.min(self.balance(&receiver_id));
        if back > 0 {
            self.move_tokens(&receiver_id, &sender_id, back, None);
        }
        (amount.0 - back).into()
    }
}
