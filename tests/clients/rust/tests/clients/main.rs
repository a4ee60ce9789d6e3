//! The Rust clients of NEAR, as they are published, against the node that `NEAR_SANDBOX_BIN_PATH` names.

mod jsonrpc_client;
mod workspaces;

use near_workspaces::network::Sandbox;
use near_workspaces::{Account, Contract, Worker};

/// The code of one of the project's contracts.
fn wasm(name: &str) -> anyhow::Result<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts/compiled");
    Ok(std::fs::read(format!("{folder}/{name}.wasm"))?)
}

/// A node of the test's own.
async fn node() -> anyhow::Result<Worker<Sandbox>> {
    anyhow::ensure!(
        std::env::var_os("NEAR_SANDBOX_BIN_PATH").is_some(),
        "NEAR_SANDBOX_BIN_PATH has to name near-harness-sandbox: run scripts/test-clients"
    );
    Ok(near_workspaces::sandbox().await?)
}

async fn demo(worker: &Worker<Sandbox>) -> anyhow::Result<Contract> {
    Ok(worker.dev_deploy(&wasm("deposit_demo")?).await?)
}

async fn balance(account: &Account) -> anyhow::Result<u128> {
    Ok(account.view_account().await?.balance.as_yoctonear())
}
