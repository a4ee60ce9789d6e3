//! Running a contract's method: runtime_spec 3.5.

use std::rc::Rc;
use std::sync::Arc;

use near_primitives::account::{Account, AccountContract};
use near_primitives::config::ViewConfig;
use near_primitives::errors::{
    ActionErrorKind, CompilationError as OutcomeCompilationError,
    FunctionCallError as OutcomeError, MethodResolveError as OutcomeMethodResolveError,
    PrepareError as OutcomePrepareError,
};
use near_primitives::hash::CryptoHash;
use near_primitives::trie_key::{GlobalContractCodeIdentifier, TrieKey};
use near_primitives::types::{AccountId, Balance, Gas};
use near_primitives::utils::create_random_seed;
use near_vm_runner::logic::errors::{
    CompilationError, FunctionCallError, MethodResolveError, PrepareError, VMRunnerError,
};
use near_vm_runner::logic::types::PromiseResult;
use near_vm_runner::logic::{GasCounter, VMContext, VMOutcome};
use near_vm_runner::{Contract, ContractCode};

use super::context::BlockContext;
use super::host::Host;
use super::new_receipts::NewReceipts;
use crate::debug_log;
use crate::guard;
use crate::state::{Overlay, Value};

/// A contract's code as the VM asks for it: the hash at once, the bytes only when nothing is compiled yet.
struct StoredCode {
    hash: CryptoHash,
    bytes: Option<Value>,
}

impl Contract for StoredCode {
    fn hash(&self) -> CryptoHash {
        self.hash
    }

    fn get_code(&self) -> Option<Arc<ContractCode>> {
        self.bytes
            .as_ref()
            .map(|bytes| Arc::new(ContractCode::new(bytes.to_vec(), Some(self.hash))))
    }
}

/// The code that an account runs, wherever it is stored.
fn resolve(state: &Overlay, account_id: &AccountId, contract: &AccountContract) -> StoredCode {
    let global = |identifier| state.get_unrecorded(&TrieKey::GlobalContractCode { identifier });
    match contract {
        AccountContract::None => StoredCode { hash: CryptoHash::default(), bytes: None },
        AccountContract::Local(hash) => StoredCode {
            hash: *hash,
            bytes: state.get_unrecorded(&TrieKey::ContractCode { account_id: account_id.clone() }),
        },
        AccountContract::Global(hash) => {
            StoredCode { hash: *hash, bytes: global(GlobalContractCodeIdentifier::CodeHash(*hash)) }
        }
        AccountContract::GlobalByAccount(owner) => {
            let bytes = global(GlobalContractCodeIdentifier::AccountId(owner.clone()));
            let hash = bytes.as_deref().map(near_primitives::hash::hash).unwrap_or_default();
            StoredCode { hash, bytes }
        }
    }
}

/// One call, as a receipt or a view makes it.
pub struct Call<'a> {
    pub account_id: &'a AccountId,
    pub account: &'a Account,
    pub predecessor_id: &'a AccountId,
    pub signer_id: &'a AccountId,
    /// Borsh of the signer's public key.
    pub signer_key: Vec<u8>,
    pub refund_to: &'a AccountId,
    pub method: &'a str,
    pub args: &'a [u8],
    pub deposit: Balance,
    pub gas: Gas,
    pub action_hash: CryptoHash,
    /// Mixed with the action hash into the contract's random seed.
    pub random_value: CryptoHash,
    pub promise_results: Arc<[PromiseResult]>,
    /// Receivers of the result, when this is the last action of its receipt.
    pub output_data_receivers: Vec<AccountId>,
    pub proof_before: usize,
    pub view: Option<ViewConfig>,
}

/// Runs it. What the contract asked for is returned beside the outcome; nothing is committed. An error is what stops a
/// real node: a state or a disk that is broken.
pub fn run(
    block: &BlockContext,
    state: &mut Overlay,
    call: Call<'_>,
) -> Result<(VMOutcome, NewReceipts), String> {
    let config = &block.config;
    let contract = call.account.contract();
    let code = resolve(state, call.account_id, &contract);
    let missing = || {
        VMOutcome::nop_outcome(FunctionCallError::CompilationError(
            CompilationError::CodeDoesNotExist { account_id: call.account_id.as_str().into() },
        ))
    };
    if call.method.is_empty() {
        let error = FunctionCallError::MethodResolveError(MethodResolveError::MethodEmptyName);
        return Ok((VMOutcome::nop_outcome(error), NewReceipts::default()));
    }
    if code.bytes.is_none() {
        return Ok((missing(), NewReceipts::default()));
    }
    let context = VMContext {
        current_account_id: call.account_id.clone(),
        signer_account_id: call.signer_id.clone(),
        signer_account_pk: call.signer_key,
        predecessor_account_id: call.predecessor_id.clone(),
        refund_to_account_id: call.refund_to.clone(),
        input: Rc::from(call.args),
        promise_results: call.promise_results,
        block_height: block.height,
        block_timestamp: block.timestamp,
        epoch_height: block.epoch_height,
        account_balance: call.account.amount(),
        account_locked_balance: call.account.locked(),
        storage_usage: call.account.storage_usage(),
        account_contract: contract.into_owned(),
        attached_deposit: call.deposit,
        prepaid_gas: call.gas,
        random_seed: create_random_seed(call.action_hash, call.random_value),
        view_config: call.view,
        output_data_receivers: call.output_data_receivers,
    };
    let gas_counter: GasCounter = context.make_gas_counter(&config.wasm_config);
    let mut host = Host {
        state,
        receipts: NewReceipts::default(),
        account_id: call.account_id,
        action_hash: call.action_hash,
        block_height: block.height,
        protocol_version: block.version,
        chain_id: &block.chain_id,
        validators: &block.validators,
        proof_before: call.proof_before,
        data_count: 0,
    };
    guard::before_run();
    let prepared = block.cache.prepare(&code, config.wasm_config.clone(), gas_counter, call.method);
    let (outcome, printed) = debug_log::printed_by(|| {
        near_vm_runner::run(prepared, &mut host, &context, config.fees.clone())
    });
    if let Some(log) = &block.debug_log {
        log.add(block.height, call.account_id, call.method, printed);
    }
    let mut receipts = host.receipts;
    let mut outcome = match outcome {
        Ok(outcome) => outcome,
        Err(VMRunnerError::ContractCodeNotPresent) => missing(),
        Err(VMRunnerError::LoadingError(msg)) => {
            VMOutcome::nop_outcome(FunctionCallError::LoadingError { msg })
        }
        Err(error) => {
            return Err(format!("{}.{} could not be run: {error}", call.account_id, call.method));
        }
    };
    if context.view_config.is_none() {
        let unused = call.gas.saturating_sub(outcome.used_gas);
        if outcome.aborted.is_none() {
            let given = receipts.distribute(unused);
            outcome.used_gas = outcome.used_gas.checked_add(given).expect("within prepaid gas");
        }
    }
    Ok((outcome, receipts))
}

/// What the VM reports, as outcomes tell it: runtime_spec 8.1.
pub fn action_error(error: FunctionCallError) -> ActionErrorKind {
    ActionErrorKind::FunctionCallError(match error {
        FunctionCallError::CompilationError(error) => OutcomeError::CompilationError(match error {
            CompilationError::CodeDoesNotExist { account_id } => {
                OutcomeCompilationError::CodeDoesNotExist {
                    account_id: account_id.parse().expect("an account of the chain"),
                }
            }
            CompilationError::PrepareError(error) => {
                OutcomeCompilationError::PrepareError(prepare_error(error))
            }
            CompilationError::WasmerCompileError { msg }
            | CompilationError::WasmtimeCompileError { msg } => {
                OutcomeCompilationError::WasmerCompileError { msg }
            }
        }),
        FunctionCallError::MethodResolveError(error) => {
            OutcomeError::MethodResolveError(match error {
                MethodResolveError::MethodEmptyName => OutcomeMethodResolveError::MethodEmptyName,
                MethodResolveError::MethodNotFound => OutcomeMethodResolveError::MethodNotFound,
                MethodResolveError::MethodInvalidSignature => {
                    OutcomeMethodResolveError::MethodInvalidSignature
                }
            })
        }
        FunctionCallError::HostError(error) => OutcomeError::ExecutionError(error.to_string()),
        FunctionCallError::WasmTrap(trap) => {
            OutcomeError::ExecutionError(format!("WebAssembly trap: {trap}"))
        }
        FunctionCallError::LinkError { msg } => {
            OutcomeError::ExecutionError(format!("Link Error: {msg}"))
        }
        FunctionCallError::LoadingError { msg } => {
            OutcomeError::ExecutionError(format!("Loading Error: {msg}"))
        }
    })
}

fn prepare_error(error: PrepareError) -> OutcomePrepareError {
    use OutcomePrepareError as O;
    use PrepareError as P;
    match error {
        P::Serialization => O::Serialization,
        P::Deserialization => O::Deserialization,
        P::InternalMemoryDeclared => O::InternalMemoryDeclared,
        P::GasInstrumentation => O::GasInstrumentation,
        P::StackHeightInstrumentation => O::StackHeightInstrumentation,
        P::Instantiate => O::Instantiate,
        P::Memory => O::Memory,
        P::TooManyFunctions => O::TooManyFunctions,
        P::TooManyLocals => O::TooManyLocals,
        P::TooManyTables => O::TooManyTables,
        P::TooManyTableElements => O::TooManyTableElements,
        P::FunctionBodyTooLarge => O::FunctionBodyTooLarge,
        P::InstrumentedCodeTooLarge => O::InstrumentedCodeTooLarge,
        P::TooManyBlocksPerFunction => O::TooManyBlocksPerFunction,
        P::TooManyBlocksPerContract => O::TooManyBlocksPerContract,
        P::TooManyTypes => O::TooManyTypes,
        P::TooManyParamsPerContract => O::TooManyParamsPerContract,
        P::TooManyParamsPerFunction => O::TooManyParamsPerFunction,
        P::OperandStackTooLarge => O::OperandStackTooLarge,
        P::TooManyGlobals => O::TooManyGlobals,
    }
}
