//! Transactions become receipts, and their signers pay: runtime_spec 2.1.

use std::collections::HashSet;
use std::sync::Arc;

use near_primitives::errors::InvalidTxError;
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{
    ExecutionMetadata, ExecutionOutcome, ExecutionOutcomeWithId, ExecutionStatus,
    SignedTransaction, ValidatedTransaction,
};
use near_primitives::types::StateChangeCause;
use near_primitives::utils::create_receipt_id_from_transaction;
use near_primitives::version::ProtocolFeature;

use super::Chunk;
use crate::runtime::action::plus;
use crate::runtime::fees::transaction_cost;
use crate::runtime::verify::{Charged, verify_and_charge};

impl Chunk<'_> {
    /// Converts the transactions; gives back the receipts that are executed at once.
    pub(super) fn transactions(
        &mut self,
        transactions: &[Arc<SignedTransaction>],
    ) -> Vec<Arc<Receipt>> {
        let mut seen = HashSet::new();
        let mut local = Vec::new();
        for signed in transactions {
            if !seen.insert(signed.get_hash())
                && self.block.enabled(ProtocolFeature::UniqueChunkTransactions)
            {
                continue;
            }
            match self.convert(signed) {
                Ok(receipt) => {
                    let receipt = Arc::new(receipt);
                    self.created.push(receipt.clone());
                    if receipt.predecessor_id() == receipt.receiver_id() {
                        local.push(receipt);
                    } else {
                        self.outgoing.push(receipt);
                    }
                }
                Err(outcome) => {
                    self.state.rollback();
                    self.outcomes.push(*outcome);
                }
            }
        }
        local
    }

    pub(super) fn convert(
        &mut self,
        signed: &Arc<SignedTransaction>,
    ) -> Result<Receipt, Box<ExecutionOutcomeWithId>> {
        let block = self.block;
        let failed = |error| Box::new(ExecutionOutcomeWithId::failed(signed, error));
        let tx = &signed.transaction;
        block
            .rules()
            .actions(tx.actions(), tx.receiver_id())
            .map_err(|error| failed(InvalidTxError::ActionsValidation(error)))?;
        // Its signature was checked when it came in, as nearcore checks it before the chunk.
        ValidatedTransaction::check_valid_for_config(&block.config, signed, block.version)
            .map_err(failed)?;
        let cost = transaction_cost(&block.config, tx, block.gas_price)
            .map_err(|_| failed(InvalidTxError::CostOverflow))?;
        let charged =
            verify_and_charge(&block.config, &mut self.state, tx, &cost, Some(block.height))
                .map_err(|error| {
                    failed(match error {
                        InvalidTxError::SignerDoesNotExist { signer_id } => {
                            InvalidTxError::InvalidSignerId { signer_id: signer_id.to_string() }
                        }
                        other => other,
                    })
                })?;
        let tx_hash = signed.get_hash();
        self.state.commit(StateChangeCause::TransactionProcessing { tx_hash });
        self.count(cost.gas_burnt, cost.compute);
        self.burnt = plus(self.burnt, cost.burnt_amount);
        if let Charged::DepositFailed { error, gas_burnt, burnt_amount } = charged {
            return Err(Box::new(ExecutionOutcomeWithId::failed_with_gas_burnt(
                signed,
                error,
                gas_burnt,
                burnt_amount,
            )));
        }
        let receipt_id = create_receipt_id_from_transaction(&tx_hash, block.height);
        self.outcomes.push(ExecutionOutcomeWithId {
            id: tx_hash,
            outcome: ExecutionOutcome {
                status: ExecutionStatus::SuccessReceiptId(receipt_id),
                logs: Vec::new(),
                receipt_ids: vec![receipt_id],
                gas_burnt: cost.gas_burnt,
                compute_usage: Some(cost.compute),
                tokens_burnt: cost.burnt_amount,
                executor_id: tx.signer_id().clone(),
                metadata: ExecutionMetadata::V1,
            },
        });
        Ok(Receipt::from_tx(
            receipt_id,
            tx.signer_id().clone(),
            tx.receiver_id().clone(),
            tx.public_key().clone(),
            cost.receipt_gas_price,
            tx.actions().to_vec(),
        ))
    }
}
