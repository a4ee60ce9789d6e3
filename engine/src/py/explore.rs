//! Worlds, their receipts and steps for Python.

use std::sync::Arc;

use near_primitives::transaction::SignedTransaction;
use near_primitives::types::AccountId;
use near_primitives::views::{ExecutionOutcomeView, ReceiptView};
use pyo3::create_exception;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Serialize;

use super::deep::Deep;
use super::{EngineError, run};
use crate::chain::ViewCallError;
use crate::explore::{self, Fault};

create_exception!(
    near_harness_engine._engine,
    Refused,
    EngineError,
    "The protocol refuses a transaction (the text is its status in JSON), or a contract a view call."
);

/// A key of a contract's data with its value.
type Data<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);
/// An account, a key of its contract's data, the value before and after.
type Change<'py> =
    (String, Bound<'py, PyBytes>, Option<Bound<'py, PyBytes>>, Option<Bound<'py, PyBytes>>);

/// A state and the receipts that are on their way in it; it never changes.
#[pyclass(frozen, module = "near_harness_engine._engine")]
pub struct World(Deep<explore::World>);

/// A receipt in a world.
#[pyclass(frozen, module = "near_harness_engine._engine")]
pub struct Parcel(Arc<explore::Parcel>);

/// What running a receipt did.
#[pyclass(frozen, module = "near_harness_engine._engine")]
pub struct Step(Deep<explore::Step>);

impl World {
    pub fn new(world: explore::World) -> Self {
        World(Deep::new(world))
    }
}

fn account_id(text: &str) -> PyResult<AccountId> {
    text.parse().map_err(|error| EngineError::new_err(format!("account id {text:?}: {error}")))
}

/// What is wrong with the receiver, as Python writes it.
#[derive(FromPyObject)]
enum FaultLike {
    Name(String),
    Code(Vec<u8>),
}

impl FaultLike {
    fn fault(self) -> PyResult<Fault> {
        match self {
            FaultLike::Code(code) => Ok(Fault::Code(code.into())),
            FaultLike::Name(name) => match name.as_str() {
                "absent" => Ok(Fault::Absent),
                "no code" => Ok(Fault::NoCode),
                _ => Err(EngineError::new_err(format!(
                    "fault {name:?}: 'absent', 'no code' or the bytes of a contract are wanted"
                ))),
            },
        }
    }
}

#[pymethods]
impl World {
    /// The world in which this signed transaction has been charged, and its receipt, which is on its way under this
    /// name.
    fn submit(&self, py: Python<'_>, signed: &[u8], name: &str) -> PyResult<(World, Parcel)> {
        let signed: SignedTransaction = borsh::from_slice(signed)
            .map_err(|error| EngineError::new_err(format!("no signed transaction: {error}")))?;
        let (world, parcel) =
            run(py, || self.0.get().submit(signed, name))?.map_err(Refused::new_err)?;
        Ok((World::new(world), Parcel(parcel)))
    }

    /// Runs the receipt of this name, and what follows from it at once.
    #[pyo3(signature = (name, fault = None))]
    fn deliver(&self, py: Python<'_>, name: &str, fault: Option<FaultLike>) -> PyResult<Step> {
        let fault = fault.map(FaultLike::fault).transpose()?;
        let step = run(py, || self.0.get().deliver(name, fault.as_ref()))?;
        Ok(Step(Deep::new(step.map_err(EngineError::new_err)?)))
    }

    /// Runs a view call: what it returned, and its logs.
    #[pyo3(signature = (contract_id, method, args = b"{}".as_slice()), text_signature = "($self, contract_id, method, args=b'{}')")]
    fn view<'py>(
        &self,
        py: Python<'py>,
        contract_id: &str,
        method: &str,
        args: &[u8],
    ) -> PyResult<(Bound<'py, PyBytes>, Vec<String>)> {
        let id = account_id(contract_id)?;
        let called = run(py, || self.0.get().view(&id, method, args))?.map_err(|error| {
            Refused::new_err(match error {
                ViewCallError::AccountDoesNotExist => format!("account {id} does not exist"),
                ViewCallError::Contract(error) => error.to_string(),
                ViewCallError::Internal(text) => text,
            })
        })?;
        Ok((PyBytes::new(py, &called.result), called.logs))
    }

    /// What is on its way, oldest first.
    #[getter]
    fn pending(&self) -> Vec<Parcel> {
        self.0.get().pending().iter().cloned().map(Parcel).collect()
    }

    /// What an account has, or None where it does not exist: yocto, yocto locked, bytes of storage, the hash of its code
    /// (None without a contract), what gas has cost or brought it here in yocto, the hash of its contract's data.
    #[allow(clippy::type_complexity)] // It is unpacked in Python at once.
    fn account<'py>(
        &self,
        py: Python<'py>,
        account: &str,
    ) -> PyResult<Option<(u128, u128, u64, Option<String>, i128, Bound<'py, PyBytes>)>> {
        let id = account_id(account)?;
        let Some(held) = run(py, || self.0.get().holding(&id))? else { return Ok(None) };
        let contract = held.account.contract();
        let code = (!contract.is_none()).then(|| code_name(&contract));
        Ok(Some((
            held.account.amount().as_yoctonear(),
            held.account.locked().as_yoctonear(),
            held.account.storage_usage(),
            code,
            held.gas,
            PyBytes::new(py, held.data.as_ref()),
        )))
    }

    /// The data of an account's contract: keys and values.
    fn data<'py>(&self, py: Python<'py>, account: &str) -> PyResult<Vec<Data<'py>>> {
        let id = account_id(account)?;
        let entries = run(py, || self.0.get().data(&id))?;
        let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
        Ok(entries.iter().map(|(key, value)| (bytes(key), bytes(value))).collect())
    }

    /// All accounts that there are.
    fn accounts(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let accounts = run(py, || self.0.get().accounts())?;
        Ok(accounts.iter().map(ToString::to_string).collect())
    }

    /// The root of the state, gas and all.
    #[getter]
    fn root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let root = run(py, || self.0.get().root())?;
        Ok(PyBytes::new(py, root.as_ref()))
    }
}

fn code_name(contract: &near_primitives::account::AccountContract) -> String {
    use near_primitives::account::AccountContract;
    match contract {
        AccountContract::None => String::new(),
        AccountContract::Local(hash) => hash.to_string(),
        AccountContract::Global(hash) => format!("global {hash}"),
        AccountContract::GlobalByAccount(owner) => format!("global of {owner}"),
    }
}

#[pymethods]
impl Parcel {
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn id(&self) -> String {
        self.0.receipt.receipt_id().to_string()
    }

    #[getter]
    fn predecessor(&self) -> &str {
        self.0.receipt.predecessor_id().as_str()
    }

    #[getter]
    fn receiver(&self) -> &str {
        self.0.receipt.receiver_id().as_str()
    }

    #[getter]
    fn kind(&self) -> &str {
        self.0.kind.name()
    }

    #[getter]
    fn methods(&self) -> Vec<String> {
        self.0.methods()
    }

    /// Yocto that it brings.
    #[getter]
    fn deposit(&self) -> u128 {
        self.0.deposit()
    }

    /// Whether it only adds to the balance of an account without a contract.
    #[getter]
    fn free(&self) -> bool {
        self.0.free
    }

    fn __repr__(&self) -> String {
        let parcel = &self.0;
        format!(
            "<Parcel {} {} {} -> {}>",
            parcel.name,
            parcel.kind.name(),
            parcel.receipt.predecessor_id(),
            parcel.receipt.receiver_id()
        )
    }
}

/// A receipt that was executed, as JSON.
#[derive(Serialize)]
struct RunView<'a> {
    name: &'a str,
    kind: &'a str,
    receipt: ReceiptView,
    outcome: ExecutionOutcomeView,
}

#[pymethods]
impl Step {
    /// The world after it.
    #[getter]
    fn world(&self) -> World {
        World::new(self.0.get().world.clone())
    }

    /// What is on its way because of it, oldest first.
    #[getter]
    fn sent(&self) -> Vec<Parcel> {
        self.0.get().sent.iter().cloned().map(Parcel).collect()
    }

    /// Whether nothing failed, refunds left out.
    #[getter]
    fn succeeded(&self) -> bool {
        self.0.get().succeeded()
    }

    /// The names of the receipts that were executed.
    #[getter]
    fn executed(&self) -> Vec<String> {
        self.0.get().runs.iter().map(|run| run.parcel.name.to_string()).collect()
    }

    /// The receipts that were executed, with their outcomes, as JSON.
    fn runs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let json = run(py, || {
            let runs: Vec<RunView<'_>> = self
                .0
                .get()
                .runs
                .iter()
                .map(|run| RunView {
                    name: &run.parcel.name,
                    kind: run.parcel.kind.name(),
                    receipt: ReceiptView::from((*run.parcel.receipt).clone()),
                    outcome: ExecutionOutcomeView::from(run.outcome.outcome.clone()),
                })
                .collect();
            serde_json::to_vec(&runs)
        })?;
        let json = json.map_err(|error| EngineError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &json))
    }

    /// The contracts' data that changed: account, key, value before, value after.
    fn changes<'py>(&self, py: Python<'py>) -> Vec<Change<'py>> {
        let bytes = |value: &[u8]| PyBytes::new(py, value);
        self.0
            .get()
            .changes()
            .map(|change| {
                (
                    change.account_id.to_string(),
                    bytes(change.key),
                    change.before.as_deref().map(bytes),
                    change.after.as_deref().map(bytes),
                )
            })
            .collect()
    }
}
