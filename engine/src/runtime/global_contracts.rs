//! Code that many accounts share: runtime_spec 3.11 to 3.13.

use near_primitives::account::AccountContract;
use near_primitives::action::{
    DeployGlobalContractAction, GlobalContractDeployMode, GlobalContractIdentifier,
};
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::hash;
use near_primitives::receipt::{GlobalContractDistributionReceipt, Receipt};
use near_primitives::trie_key::{GlobalContractCodeIdentifier, TrieKey};
use near_primitives::types::ShardId;

use super::action::{ActionResult, Execution};
use super::context::BlockContext;
use crate::state::Overlay;

/// The contract of an account whose id is an Ethereum address. The hashes are those of nearcore's wallet contracts; a
/// fresh sandbox does not hold their code.
pub fn eth_wallet(chain_id: &str) -> AccountContract {
    let code_hash = match chain_id {
        "mainnet" | "mocknet" => "2zodJZK2e4nnv5AqwCRnenNSmkikXhEd7PPY6BmfTmW4",
        "testnet" => "3PpYvRxBfC5BkZxTw8ZFG3D52w1ZRhvDDWirKoxphMDn",
        _ => "FAq9tQRbwJPTV3PQLn2F7AUD3FW2Fw1V8ZeZuazfeu1v",
    };
    AccountContract::Global(code_hash.parse().expect("a hash"))
}

fn nonce_key(identifier: &GlobalContractCodeIdentifier) -> TrieKey {
    TrieKey::GlobalContractNonce { identifier: identifier.clone() }
}

impl Execution<'_> {
    pub fn deploy_global(
        &mut self,
        action: &DeployGlobalContractAction,
        result: &mut ActionResult,
    ) {
        let account_id = self.account_id().clone();
        let price =
            self.block.config.fees.storage_usage_config.global_contract_storage_amount_per_byte;
        let cost = price.checked_mul(action.code.len() as u128).expect("below the supply");
        let account = self.account_mut();
        let Some(left) = account.amount().checked_sub(cost) else {
            return result.fail(ActionErrorKind::LackBalanceForState { account_id, amount: cost });
        };
        account.set_amount(left);
        result.burn_tokens(cost);
        let identifier = match action.deploy_mode {
            GlobalContractDeployMode::CodeHash => {
                GlobalContractIdentifier::CodeHash(hash(&action.code))
            }
            GlobalContractDeployMode::AccountId => {
                GlobalContractIdentifier::AccountId(account_id.clone())
            }
        };
        let nonce_row = nonce_key(&identifier.clone().into());
        let nonce = self.state.get::<u64>(&nonce_row).unwrap_or_default() + 1;
        self.state.set(nonce_row, &nonce);
        result.new_receipts.push(Receipt::new_global_contract_distribution(
            account_id,
            GlobalContractDistributionReceipt::new(
                identifier,
                ShardId::new(0),
                Vec::new(),
                action.code.clone(),
                nonce,
            ),
        ));
    }

    /// Makes the account run a global contract. False, with the error in `result`, when there is none.
    pub fn use_global(
        &mut self,
        identifier: &GlobalContractIdentifier,
        result: &mut ActionResult,
    ) -> bool {
        let row = TrieKey::GlobalContractCode { identifier: identifier.clone().into() };
        if !self.state.contains(&row) {
            result.fail(ActionErrorKind::GlobalContractDoesNotExist {
                identifier: identifier.clone(),
            });
            return false;
        }
        self.drop_contract();
        let account = self.account_mut();
        account.set_storage_usage(account.storage_usage() + identifier.len() as u64);
        let contract = match identifier {
            GlobalContractIdentifier::CodeHash(hash) => AccountContract::Global(*hash),
            GlobalContractIdentifier::AccountId(id) => AccountContract::GlobalByAccount(id.clone()),
        };
        account.set_contract(contract).expect("initialised");
        true
    }
}

/// Takes in distributed code, unless newer code came first. Returns the compute that it counts for.
pub fn distribute(
    block: &BlockContext,
    state: &mut Overlay,
    receipt: &GlobalContractDistributionReceipt,
) -> u64 {
    let identifier: GlobalContractCodeIdentifier = receipt.id().clone().into();
    let newest = state.get::<u64>(&nonce_key(&identifier)).unwrap_or_default();
    if receipt.nonce() >= newest {
        state.set(nonce_key(&identifier), &receipt.nonce());
        state.set_raw(TrieKey::GlobalContractCode { identifier }, receipt.code().as_ref().into());
    }
    let fees = &block.config.fees;
    fees.deploy_global_contract_execution_base
        + fees.deploy_global_contract_execution_per_byte * receipt.code().len() as u64
}
