//! The checks at RPC entry: runtime_spec 1.1.

use std::sync::Arc;

use near_primitives::errors::InvalidTxError;
use near_primitives::transaction::{SignedTransaction, ValidatedTransaction};

use super::Chain;
use crate::runtime::{self, Charged};
use crate::state::Overlay;

impl Chain {
    /// A valid transaction goes to the pool. A hash that the pool or chain knows already is not special here: look
    /// first.
    pub fn submit(&mut self, tx: SignedTransaction) -> Result<(), InvalidTxError> {
        self.check_validity(&tx)?;
        let context = self.context_of(&self.head);
        let body = &tx.transaction;
        context
            .rules()
            .actions(body.actions(), body.receiver_id())
            .map_err(InvalidTxError::ActionsValidation)?;
        let tx = ValidatedTransaction::new(&context.config, tx, context.version)
            .map_err(|(error, _)| error)?
            .into_signed_tx();
        let cost = runtime::transaction_cost(&context.config, &tx.transaction, context.gas_price)
            .map_err(|_| InvalidTxError::CostOverflow)?;
        let mut state = Overlay::for_view(self.head.applied.state.clone());
        match runtime::verify_and_charge(&context.config, &mut state, &tx.transaction, &cost, None)?
        {
            Charged::Accepted => {}
            Charged::DepositFailed { error, .. } => return Err(error),
        }
        self.pool.add(Arc::new(tx));
        Ok(())
    }

    /// Whether transactions wait whose key has not used the numbers before theirs: of those that a client sends at the
    /// same time some arrive before others.
    pub fn gapped(&self) -> bool {
        let state = Overlay::for_view(self.head.applied.state.clone());
        self.pool.gapped(|tx| {
            let tx = &tx.transaction;
            runtime::last_nonce(&state, tx.signer_id(), tx.public_key(), tx.nonce().nonce_index())
        })
    }

    /// Whether the block that a transaction names is known and young enough.
    pub(super) fn check_validity(&self, tx: &SignedTransaction) -> Result<(), InvalidTxError> {
        let base =
            self.block_by_hash(tx.transaction.block_hash()).ok_or(InvalidTxError::Expired)?;
        if self.head.height > base.height + self.genesis().transaction_validity_period {
            return Err(InvalidTxError::Expired);
        }
        Ok(())
    }
}
