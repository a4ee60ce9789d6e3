//! What an action did, and the sums of it.

use near_primitives::account::AccountContract;
use near_primitives::errors::{ActionError, ActionErrorKind};
use near_primitives::receipt::Receipt;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Gas};
use near_vm_runner::ProfileDataV3;
use near_vm_runner::logic::types::ReturnData;

/// What an action, or a whole receipt, did.
pub struct ActionResult {
    pub gas_burnt: Gas,
    /// Burnt, and attached to new receipts.
    pub gas_used: Gas,
    pub compute: u64,
    pub gas_burnt_for_function_call: Gas,
    pub logs: Vec<String>,
    pub profile: ProfileDataV3,
    pub result: Result<ReturnData, ActionError>,
    pub new_receipts: Vec<Receipt>,
    pub proposals: Vec<ValidatorStake>,
    /// Beyond gas: storage of global contracts, what deleted gas keys held.
    pub tokens_burnt: Balance,
    /// Minted for one-yocto deposits of contracts that have nothing.
    pub subsidised: Balance,
    /// The contract of the account before each action.
    pub contracts: Vec<AccountContract>,
}

impl Default for ActionResult {
    fn default() -> Self {
        ActionResult {
            gas_burnt: Gas::ZERO,
            gas_used: Gas::ZERO,
            compute: 0,
            gas_burnt_for_function_call: Gas::ZERO,
            logs: Vec::new(),
            profile: ProfileDataV3::default(),
            result: Ok(ReturnData::None),
            new_receipts: Vec::new(),
            proposals: Vec::new(),
            tokens_burnt: Balance::ZERO,
            subsidised: Balance::ZERO,
            contracts: Vec::new(),
        }
    }
}

impl ActionResult {
    /// Burns gas now, with the compute that goes with it.
    pub fn burn(&mut self, gas: Gas, compute: u64) {
        self.gas_burnt = sum(self.gas_burnt, gas);
        self.gas_used = sum(self.gas_used, gas);
        self.compute += compute;
    }

    /// Sets gas aside for a new receipt.
    pub fn use_gas(&mut self, gas: Gas) {
        self.gas_used = sum(self.gas_used, gas);
    }

    pub fn fail(&mut self, kind: ActionErrorKind) {
        self.result = Err(kind.into());
    }

    pub fn burn_tokens(&mut self, amount: Balance) {
        self.tokens_burnt = plus(self.tokens_burnt, amount);
    }
}

pub fn sum(a: Gas, b: Gas) -> Gas {
    a.checked_add(b).expect("gas of one receipt fits")
}

pub fn plus(a: Balance, b: Balance) -> Balance {
    a.checked_add(b).expect("below the supply")
}
