//! near-jsonrpc-client: every answer has to be what nearcore's own types can read.

use anyhow::{Context, Result, bail};
use near_crypto::{InMemorySigner, PublicKey, Signer};
use near_jsonrpc_client::{JsonRpcClient, methods};
use near_jsonrpc_primitives::types::changes::RpcStateChangesInBlockByTypeRequest;
use near_jsonrpc_primitives::types::chunks::ChunkReference;
use near_jsonrpc_primitives::types::query::{QueryResponseKind, RpcQueryError};
use near_jsonrpc_primitives::types::transactions::{RpcTransactionError, TransactionInfo};
use near_primitives::action::{Action, FunctionCallAction, TransferAction};
use near_primitives::errors::{InvalidTxError, TxExecutionError};
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{
    AccountId, Balance, BlockId, BlockReference, Finality, FunctionArgs, Gas, StoreKey,
    TransactionOrReceiptId,
};
use near_primitives::views::{
    FinalExecutionOutcomeViewEnum, FinalExecutionStatus, QueryRequest, StateChangesRequestView,
    TxExecutionStatus,
};

use crate::{demo, node};

fn latest() -> BlockReference {
    BlockReference::Finality(Finality::None)
}

fn by_hash(hash: CryptoHash) -> BlockReference {
    BlockReference::BlockId(BlockId::Hash(hash))
}

struct Root {
    client: JsonRpcClient,
    signer: Signer,
}

impl Root {
    async fn query(&self, request: QueryRequest) -> Result<QueryResponseKind> {
        let request = methods::query::RpcQueryRequest { block_reference: latest(), request };
        Ok(self.client.call(request).await?.kind)
    }

    async fn nonce(&self, public_key: &PublicKey) -> Result<u64> {
        let account_id = self.signer.get_account_id();
        let request = QueryRequest::ViewAccessKey { account_id, public_key: public_key.clone() };
        match self.query(request).await? {
            QueryResponseKind::AccessKey(key) => Ok(key.nonce),
            other => bail!("{other:?}"),
        }
    }

    async fn sign(
        &self,
        receiver_id: &AccountId,
        action: Action,
        ahead: u64,
    ) -> Result<SignedTransaction> {
        let block = methods::block::RpcBlockRequest {
            block_reference: BlockReference::Finality(Finality::Final),
        };
        let transaction = Transaction::V0(TransactionV0 {
            signer_id: self.signer.get_account_id(),
            public_key: self.signer.public_key(),
            nonce: self.nonce(&self.signer.public_key()).await? + ahead,
            receiver_id: receiver_id.clone(),
            block_hash: self.client.call(block).await?.header.hash,
            actions: vec![action],
        });
        Ok(transaction.sign(&self.signer))
    }
}

fn call(method: &str, deposit: Balance) -> Action {
    Action::FunctionCall(Box::new(FunctionCallAction {
        method_name: method.to_owned(),
        args: b"{}".to_vec(),
        gas: Gas::from_teragas(30),
        deposit,
    }))
}

#[tokio::test]
async fn every_method_answers_in_nearcores_types() -> Result<()> {
    let worker = node().await?;
    let contract = demo(&worker).await?;
    let id: AccountId = contract.id().clone();
    let account = worker.root_account()?;
    let secret = account.secret_key().to_string().parse()?;
    let signer = InMemorySigner::from_secret_key(account.id().clone(), secret);
    let root = Root { client: JsonRpcClient::connect(worker.rpc_addr()), signer };
    let client = &root.client;

    let status = client.call(methods::status::RpcStatusRequest).await?;
    assert_eq!(status.protocol_version, 86);
    assert!(status.rpc_addr.is_some());
    client.call(methods::health::RpcHealthRequest).await?;
    client.call(methods::network_info::RpcNetworkInfoRequest).await?;

    let transaction = root.sign(&id, call("accept", Balance::from_near(1)), 1).await?;
    let request = methods::send_tx::RpcSendTransactionRequest {
        signed_transaction: transaction.clone(),
        wait_until: TxExecutionStatus::Final,
    };
    let sent = client.call(&request).await?;
    assert_eq!(sent.final_execution_status, TxExecutionStatus::Final);
    let Some(FinalExecutionOutcomeViewEnum::FinalExecutionOutcome(outcome)) =
        sent.final_execution_outcome
    else {
        bail!("no outcome");
    };
    assert!(matches!(outcome.status, FinalExecutionStatus::SuccessValue(_)));
    // The same once more: answered, and not carried out again.
    client.call(&request).await?;

    let hash = transaction.get_hash();
    let info = || TransactionInfo::TransactionId {
        tx_hash: hash,
        sender_account_id: root.signer.get_account_id(),
    };
    client
        .call(methods::tx::RpcTransactionStatusRequest {
            transaction_info: info(),
            wait_until: TxExecutionStatus::Final,
        })
        .await?;
    let with_receipts = client
        .call(methods::tx_status::RpcTransactionStatusRequest {
            transaction_info: info(),
            wait_until: TxExecutionStatus::Final,
        })
        .await?;
    assert!(matches!(
        with_receipts.final_execution_outcome,
        Some(FinalExecutionOutcomeViewEnum::FinalExecutionOutcomeWithReceipt(_))
    ));
    let receipt_id = outcome.transaction_outcome.outcome.receipt_ids[0];
    let receipt = methods::EXPERIMENTAL_receipt::RpcReceiptRequest {
        receipt_reference: near_jsonrpc_primitives::types::receipts::ReceiptReference {
            receipt_id,
        },
    };
    assert_eq!(client.call(receipt).await?.receiver_id, id);

    let block_hash = outcome.transaction_outcome.block_hash;
    let block = client
        .call(methods::block::RpcBlockRequest { block_reference: by_hash(block_hash) })
        .await?;
    for chunk_reference in [
        ChunkReference::BlockShardId { block_id: BlockId::Hash(block_hash), shard_id: 0.into() },
        ChunkReference::ChunkHash { chunk_id: block.chunks[0].chunk_hash },
    ] {
        let chunk = client.call(methods::chunk::RpcChunkRequest { chunk_reference }).await?;
        assert!(chunk.transactions.iter().any(|one| one.hash == hash));
    }
    let price =
        methods::gas_price::RpcGasPriceRequest { block_id: Some(BlockId::Hash(block_hash)) };
    assert!(client.call(price).await?.gas_price > Balance::ZERO);
    let validators = methods::validators::RpcValidatorRequest {
        epoch_reference: near_primitives::types::EpochReference::Latest,
    };
    assert_eq!(client.call(validators).await?.current_validators.len(), 1);
    let ordered =
        methods::EXPERIMENTAL_validators_ordered::RpcValidatorsOrderedRequest { block_id: None };
    assert_eq!(client.call(ordered).await?.len(), 1);
    client.call(methods::EXPERIMENTAL_genesis_config::RpcGenesisConfigRequest).await?;
    let config = methods::EXPERIMENTAL_protocol_config::RpcProtocolConfigRequest {
        block_reference: latest(),
    };
    client.call(config).await?;
    let changes = methods::EXPERIMENTAL_changes::RpcStateChangesInBlockByTypeRequest {
        block_reference: by_hash(block_hash),
        state_changes_request: StateChangesRequestView::AccountChanges {
            account_ids: vec![root.signer.get_account_id()],
        },
    };
    let _: &RpcStateChangesInBlockByTypeRequest = &changes;
    assert!(!client.call(changes).await?.changes.is_empty());
    let kinds = methods::EXPERIMENTAL_changes_in_block::RpcStateChangesInBlockRequest {
        block_reference: by_hash(block_hash),
    };
    assert!(!client.call(kinds).await?.changes.is_empty());

    // An outcome is committed to by the block after its own: only a later head can prove it.
    let light_client_head = loop {
        let block_reference = BlockReference::Finality(Finality::Final);
        let head = client.call(methods::block::RpcBlockRequest { block_reference }).await?;
        if head.header.height >= block.header.height + 2 {
            break head.header.hash;
        }
    };
    let proof = methods::light_client_proof::RpcLightClientExecutionProofRequest {
        id: TransactionOrReceiptId::Transaction {
            transaction_hash: hash,
            sender_id: root.signer.get_account_id(),
        },
        light_client_head,
    };
    assert_eq!(client.call(proof).await?.outcome_proof.id, hash);
    let next = methods::next_light_client_block::RpcLightClientNextBlockRequest {
        last_block_hash: block_hash,
    };
    client.call(next).await?;
    Ok(())
}

#[tokio::test]
async fn queries_patches_and_errors() -> Result<()> {
    let worker = node().await?;
    let contract = demo(&worker).await?;
    contract
        .call("accept")
        .deposit(near_workspaces::types::NearToken::from_near(1))
        .transact()
        .await?
        .into_result()?;
    let id: AccountId = contract.id().clone();
    let account = worker.root_account()?;
    let secret = account.secret_key().to_string().parse()?;
    let signer = InMemorySigner::from_secret_key(account.id().clone(), secret);
    let root = Root { client: JsonRpcClient::connect(worker.rpc_addr()), signer };
    let client = &root.client;

    let QueryResponseKind::ViewAccount(view) =
        root.query(QueryRequest::ViewAccount { account_id: id.clone() }).await?
    else {
        bail!("no account");
    };
    assert_ne!(view.code_hash, CryptoHash::default());
    let state = root
        .query(QueryRequest::ViewState {
            account_id: id.clone(),
            prefix: StoreKey::from(vec![]),
            after_key: None,
            limit: None,
            include_proof: false,
        })
        .await?;
    assert!(matches!(state, QueryResponseKind::ViewState(state) if state.values.len() == 1));
    assert!(matches!(
        root.query(QueryRequest::ViewCode { account_id: id.clone() }).await?,
        QueryResponseKind::ViewCode(_)
    ));
    let keys =
        QueryRequest::ViewAccessKeyList { account_id: id.clone(), after_key: None, limit: None };
    assert!(matches!(
        root.query(keys).await?,
        QueryResponseKind::AccessKeyList(list) if list.keys.len() == 1
    ));
    let view = |method: &str| QueryRequest::CallFunction {
        account_id: id.clone(),
        method_name: method.to_owned(),
        args: FunctionArgs::from(b"{}".to_vec()),
    };
    assert!(matches!(root.query(view("accepted")).await?, QueryResponseKind::CallResult(_)));

    let missing = methods::query::RpcQueryRequest {
        block_reference: latest(),
        request: QueryRequest::ViewAccount { account_id: "nobody.near".parse()? },
    };
    let error = client.call(missing).await.err().context("an error")?;
    assert!(matches!(error.handler_error(), Some(RpcQueryError::UnknownAccount { .. })));
    let panics =
        methods::query::RpcQueryRequest { block_reference: latest(), request: view("refuse") };
    let error = client.call(panics).await.err().context("an error")?;
    assert!(format!("{error:?}").contains("this callee refuses deposits"));

    let too_much = Action::Transfer(TransferAction { deposit: Balance::MAX });
    let request = methods::send_tx::RpcSendTransactionRequest {
        signed_transaction: root.sign(&id, too_much, 1).await?,
        wait_until: TxExecutionStatus::Final,
    };
    let error = client.call(request).await.err().context("an error")?;
    assert!(
        matches!(
            error.handler_error(),
            Some(RpcTransactionError::InvalidTransaction {
                context: InvalidTxError::CostOverflow | InvalidTxError::NotEnoughBalance { .. }
            })
        ),
        "{error:?}"
    );
    let stale = methods::broadcast_tx_commit::RpcBroadcastTxCommitRequest {
        signed_transaction: root.sign(&id, call("accept", Balance::ZERO), 0).await?,
    };
    let error = client.call(stale).await.err().context("an error")?;
    assert!(matches!(
        error.handler_error(),
        Some(RpcTransactionError::InvalidTransaction {
            context: InvalidTxError::InvalidNonce { .. }
        })
    ));
    let refused = methods::broadcast_tx_commit::RpcBroadcastTxCommitRequest {
        signed_transaction: root.sign(&id, call("refuse", Balance::ZERO), 1).await?,
    };
    let status = client.call(refused).await?.status;
    assert!(matches!(status, FinalExecutionStatus::Failure(TxExecutionError::ActionError(_))));
    let fire = methods::broadcast_tx_async::RpcBroadcastTxAsyncRequest {
        signed_transaction: root.sign(&id, call("accept", Balance::ZERO), 1).await?,
    };
    assert_eq!(client.call(&fire).await?, fire.signed_transaction.get_hash());

    let record = serde_json::from_value(serde_json::json!({
        "Account": {
            "account_id": "patched.near",
            "account": { "amount": "5", "locked": "0", "code_hash": CryptoHash::default(), "storage_usage": 182 },
        }
    }))?;
    client
        .call(methods::sandbox_patch_state::RpcSandboxPatchStateRequest { records: vec![record] })
        .await?;
    let patched =
        root.query(QueryRequest::ViewAccount { account_id: "patched.near".parse()? }).await?;
    assert!(
        matches!(patched, QueryResponseKind::ViewAccount(view) if view.amount == Balance::from_yoctonear(5))
    );
    client
        .call(methods::sandbox_fast_forward::RpcSandboxFastForwardRequest { delta_height: 500 })
        .await?;
    assert!(
        client.call(methods::status::RpcStatusRequest).await?.sync_info.latest_block_height >= 500
    );
    Ok(())
}
