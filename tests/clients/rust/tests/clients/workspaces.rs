//! near-workspaces: what a contract's tests do with it.

use anyhow::Result;
use near_workspaces::operations::Function;
use near_workspaces::types::{Gas, GasMeter, KeyType, NearToken, SecretKey};
use near_workspaces::{AccessKey, AccountDetailsPatch};
use serde_json::json;

use crate::{balance, demo, node, wasm};

const ONE: NearToken = NearToken::from_near(1);

#[tokio::test]
async fn create_deploy_call_and_view() -> Result<()> {
    let worker = node().await?;
    let root = worker.root_account()?;
    let alice =
        root.create_subaccount("alice").initial_balance(NearToken::from_near(50)).transact();
    let alice = alice.await?.into_result()?;
    assert_eq!(balance(&alice).await?, NearToken::from_near(50).as_yoctonear());

    let contract = demo(&worker).await?;
    assert_eq!(contract.view_code().await?, wasm("deposit_demo")?);
    let meter = GasMeter::now(&mut worker.clone());
    let done = alice.call(contract.id(), "accept").deposit(ONE).transact().await?;
    assert!(done.is_success());
    assert!(done.total_gas_burnt > Gas::from_gas(0));
    assert!(meter.elapsed()? <= done.total_gas_burnt);
    assert_eq!(contract.view("accepted").await?.json::<NearToken>()?, ONE);

    let named =
        worker.create_tla("toplevel".parse()?, SecretKey::from_random(KeyType::ED25519)).await?;
    let named = named.into_result()?;
    alice.transfer_near(named.id(), ONE).await?.into_result()?;
    named.delete_account(alice.id()).await?.into_result()?;
    assert!(worker.view_account(&"toplevel".parse()?).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_failing_cross_contract_call_gives_the_money_back() -> Result<()> {
    let worker = node().await?;
    let (caller, callee) = (demo(&worker).await?, demo(&worker).await?);
    let user = worker.dev_create_account().await?;
    let before = balance(&user).await?;
    let held = balance(caller.as_account()).await?;
    let call = |method| {
        user.call(caller.id(), method)
            .args_json(json!({ "callee": callee.id() }))
            .deposit(NearToken::from_near(3))
            .gas(Gas::from_tgas(100))
            .transact()
    };
    let refunded = call("gives_back").await?;
    assert!(refunded.is_success());
    assert_eq!(refunded.receipt_failures().len(), 1);
    assert_eq!(refunded.receipt_failures()[0].executor_id, *callee.id());
    assert!(refunded.logs().iter().any(|line| line.contains("given_back")));
    assert!(!refunded.json::<bool>()?);
    // The answer does not wait for refunds; a later transaction of the same account is behind them.
    user.transfer_near(worker.root_account()?.id(), NearToken::from_yoctonear(1))
        .await?
        .into_result()?;
    assert!(balance(&user).await? > before - ONE.as_yoctonear());
    assert!(balance(caller.as_account()).await? >= held);

    assert_eq!(call("forgets").await?.receipt_failures().len(), 1);
    user.transfer_near(worker.root_account()?.id(), NearToken::from_yoctonear(1))
        .await?
        .into_result()?;
    assert!(balance(&user).await? < before - NearToken::from_near(3).as_yoctonear());
    Ok(())
}

#[tokio::test]
async fn a_deposit_that_is_staked() -> Result<()> {
    let worker = node().await?;
    let pool = worker.dev_deploy(&wasm("staking_pool")?).await?;
    let bank = worker.dev_deploy(&wasm("bank")?).await?;
    let alice = worker.dev_create_account().await?;
    let outcome = alice
        .call(bank.id(), "deposit_and_stake")
        .args_json(json!({ "pool": pool.id() }))
        .deposit(NearToken::from_near(10))
        .gas(Gas::from_tgas(150))
        .transact()
        .await?;
    assert!(outcome.is_success());
    assert!(outcome.receipt_failures().is_empty());
    Ok(())
}

#[tokio::test]
async fn batches_keys_and_asynchronous_transactions() -> Result<()> {
    let worker = node().await?;
    let contract = demo(&worker).await?;
    let (limited, second) =
        (SecretKey::from_random(KeyType::ED25519), SecretKey::from_random(KeyType::SECP256K1));
    let done = contract
        .batch()
        .add_key(
            limited.public_key(),
            AccessKey::function_call_access(contract.id(), &["accept"], Some(ONE)),
        )
        .add_key(second.public_key(), AccessKey::full_access())
        .call(Function::new("accept").deposit(ONE).gas(Gas::from_tgas(20)))
        .call(Function::new("accept").deposit(ONE).gas(Gas::from_tgas(20)))
        .transact()
        .await?;
    assert!(done.is_success(), "{done:?}");
    assert_eq!(contract.view("accepted").await?.json::<NearToken>()?, NearToken::from_near(2));
    assert_eq!(contract.view_access_keys().await?.len(), 3);

    let mut with_second = contract.as_account().clone();
    with_second.set_secret_key(second);
    with_second.call(contract.id(), "accept").transact().await?.into_result()?;
    with_second
        .batch(contract.id())
        .delete_key(limited.public_key())
        .transact()
        .await?
        .into_result()?;
    assert!(contract.view_access_key(&limited.public_key()).await.is_err());

    let failed = contract
        .batch()
        .call(Function::new("accept").deposit(ONE))
        .call(Function::new("refuse"))
        .transact()
        .await?;
    assert!(failed.is_failure());
    assert_eq!(contract.view("accepted").await?.json::<NearToken>()?, NearToken::from_near(2));

    let user = worker.dev_create_account().await?;
    let mut sent = Vec::new();
    for _ in 0..5 {
        sent.push(user.call(contract.id(), "accept").deposit(ONE).transact_async().await?);
    }
    for status in sent {
        assert!(status.await?.is_success());
    }
    assert_eq!(contract.view("accepted").await?.json::<NearToken>()?, NearToken::from_near(7));
    Ok(())
}

#[tokio::test]
async fn state_patches_and_imports() -> Result<()> {
    let worker = node().await?;
    let contract = demo(&worker).await?;
    contract.call("accept").deposit(ONE).transact().await?.into_result()?;
    assert_eq!(contract.view_state().await?[&b"STATE"[..]], ONE.as_yoctonear().to_le_bytes());
    worker.patch_state(contract.id(), b"STATE", &7_u128.to_le_bytes()).await?;
    assert_eq!(contract.view("accepted").await?.json::<NearToken>()?.as_yoctonear(), 7);

    let key = SecretKey::from_random(KeyType::ED25519);
    worker
        .patch(&"patched.near".parse()?)
        .account(AccountDetailsPatch::default().balance(NearToken::from_near(77)))
        .access_key(key.public_key(), AccessKey::full_access())
        .code(&wasm("deposit_demo")?)
        .state(b"STATE", &9_u128.to_le_bytes())
        .transact()
        .await?;
    let patched = worker.view_account(&"patched.near".parse()?).await?;
    assert_eq!(patched.balance, NearToken::from_near(77));
    let accepted = worker.view(&"patched.near".parse()?, "accepted").await?;
    assert_eq!(accepted.json::<NearToken>()?.as_yoctonear(), 9);

    let other = node().await?;
    let imported =
        other.import_contract(&"patched.near".parse()?, &worker).with_data().transact().await?;
    assert_eq!(imported.view("accepted").await?.json::<NearToken>()?.as_yoctonear(), 9);
    Ok(())
}

#[tokio::test]
async fn time_and_history() -> Result<()> {
    let worker = node().await?;
    let contract = demo(&worker).await?;
    contract.call("accept").deposit(ONE).transact().await?.into_result()?;
    let before = worker.view_block().await?;
    worker.fast_forward(1000).await?;
    let after = worker.view_block().await?;
    assert!(after.height() >= before.height() + 1000);
    assert!(after.timestamp() > before.timestamp());
    assert!(after.epoch_id() != before.epoch_id());

    contract.call("accept").deposit(ONE).transact().await?.into_result()?;
    let then = contract.view("accepted").block_height(before.height()).await?;
    assert_eq!(then.json::<NearToken>()?, ONE);
    let then = contract.view("accepted").block_hash(*before.hash()).await?;
    assert_eq!(then.json::<NearToken>()?, ONE);
    let genesis = worker.view_block().block_height(0).await?;
    assert_eq!(genesis.height(), 0);
    assert!(worker.gas_price().await?.as_yoctonear() > 0);
    let chunk = worker.view_chunk().block_height_and_shard(after.height(), 0).await?;
    assert_eq!(chunk.header.height_included, after.height());
    assert_eq!(worker.genesis_config().await?.protocol_version, 86);
    Ok(())
}

#[tokio::test]
async fn errors() -> Result<()> {
    let worker = node().await?;
    let contract = demo(&worker).await?;
    let text = |result: near_workspaces::Result<near_workspaces::result::ViewResultDetails>| {
        format!("{:?}", result.expect_err("an error"))
    };
    assert!(text(contract.view("no_such_method").await).contains("MethodNotFound"));
    assert!(text(contract.view("refuse").await).contains("this callee refuses deposits"));
    let nobody = worker.view(&"nobody.near".parse()?, "accepted").await;
    let nobody = text(nobody);
    assert!(nobody.contains("UnknownAccount"), "{nobody}");

    let refused = contract.call("refuse").transact().await?;
    assert!(refused.is_failure());
    let error = format!("{}", refused.into_result().expect_err("an error"));
    assert!(error.contains("this callee refuses deposits"), "{error}");
    let poor = worker.dev_create_account().await?;
    let error = poor.transfer_near(contract.id(), NearToken::from_near(10_000)).await;
    assert!(format!("{:?}", error.expect_err("an error")).contains("NotEnoughBalance"));
    Ok(())
}
