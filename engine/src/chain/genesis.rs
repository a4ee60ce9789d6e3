//! The first block: read from `genesis.json`, or made as `near-sandbox init` makes it. runtime_spec 6.4.

use near_chain_configs::{
    BLOCK_PRODUCER_KICKOUT_THRESHOLD, CHUNK_PRODUCER_KICKOUT_THRESHOLD,
    CHUNK_VALIDATOR_ONLY_KICKOUT_THRESHOLD, FISHERMEN_THRESHOLD, GAS_PRICE_ADJUSTMENT_RATE,
    Genesis, GenesisConfig, GenesisContents, GenesisRecords, INITIAL_GAS_LIMIT, MAX_INFLATION_RATE,
    MIN_GAS_PRICE, NUM_BLOCK_PRODUCER_SEATS, NUM_BLOCKS_PER_YEAR, PROTOCOL_REWARD_RATE,
    TRANSACTION_VALIDITY_PERIOD,
};
use near_crypto::{KeyType, PublicKey, PublicKeyHandle, SecretKey};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::receipt::{
    DelayedReceiptIndices, ReceiptOrStateStoredReceipt, ReceivedData, StateStoredReceipt,
    StateStoredReceiptMetadata,
};
use near_primitives::shard_layout::ShardLayout;
use near_primitives::state_record::StateRecord;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, AccountInfo, Balance, Gas, ProtocolVersion};
use near_primitives::utils::from_timestamp;
use near_primitives::version::{MIN_SUPPORTED_PROTOCOL_VERSION, PROTOCOL_VERSION};

use crate::state::{Overlay, Trie};
use near_primitives::types::StateChangeCause;

/// What the validator of a sandbox has: a thousand million NEAR, and fifty million staked.
const INITIAL_BALANCE: Balance = Balance::from_near(1_000_000_000);
const INITIAL_STAKE: Balance = Balance::from_near(50_000_000);
/// Bytes of an account with one full-access ed25519 key.
const ONE_KEY_ACCOUNT_BYTES: u64 = 182;
/// Second account of every sandbox, with a key of its own name's seed.
const NEAR: &str = "near";

/// The oldest and the newest stable protocol version that the engine runs.
pub fn protocol_versions() -> (ProtocolVersion, ProtocolVersion) {
    (MIN_SUPPORTED_PROTOCOL_VERSION, PROTOCOL_VERSION)
}

/// Refuses versions that the crates cannot run.
pub fn check_version(version: ProtocolVersion) -> Result<(), String> {
    let (oldest, newest) = protocol_versions();
    if (oldest..=newest).contains(&version) {
        return Ok(());
    }
    Err(format!(
        "protocol version {version} is not supported: this engine runs {oldest} to {newest}"
    ))
}

/// The `genesis.json` of a sandbox: the validator account and `near`. Without a seed the validator's key is random.
pub fn sandbox_genesis(
    account_id: &str,
    seed: Option<&str>,
    chain_id: &str,
    protocol_version: ProtocolVersion,
    epoch_length: u64,
    time_ns: u64,
) -> Result<String, String> {
    check_version(protocol_version)?;
    if epoch_length < 5 {
        return Err(format!("epoch length {epoch_length} is too short: at least 5 blocks"));
    }
    let account_id: AccountId =
        account_id.parse().map_err(|error| format!("account id {account_id:?}: {error}"))?;
    let public_key = match seed {
        Some(seed) => SecretKey::from_seed(KeyType::ED25519, seed).public_key(),
        None => SecretKey::from_random(KeyType::ED25519).public_key(),
    };
    let mut records = Vec::new();
    let mut add = |account_id: AccountId, public_key: PublicKey, locked: Balance| {
        let none = AccountContract::None;
        let account = Account::new(INITIAL_BALANCE, locked, none, ONE_KEY_ACCOUNT_BYTES);
        records.push(StateRecord::Account { account_id: account_id.clone(), account });
        records.push(StateRecord::AccessKey {
            account_id,
            public_key: PublicKeyHandle::from(public_key),
            access_key: AccessKey::full_access(),
        });
    };
    add(account_id.clone(), public_key.clone(), INITIAL_STAKE);
    let mut total_supply = INITIAL_BALANCE.saturating_add(INITIAL_STAKE);
    if account_id.as_str() != NEAR {
        let key = SecretKey::from_seed(KeyType::ED25519, NEAR).public_key();
        add(NEAR.parse().expect("an account id"), key, Balance::ZERO);
        total_supply = total_supply.saturating_add(INITIAL_BALANCE);
    }
    let config = GenesisConfig {
        protocol_version,
        genesis_time: from_timestamp(time_ns),
        chain_id: chain_id.to_owned(),
        genesis_height: 0,
        num_block_producer_seats: NUM_BLOCK_PRODUCER_SEATS,
        dynamic_resharding: false,
        epoch_length,
        gas_limit: INITIAL_GAS_LIMIT,
        gas_price_adjustment_rate: GAS_PRICE_ADJUSTMENT_RATE,
        block_producer_kickout_threshold: BLOCK_PRODUCER_KICKOUT_THRESHOLD,
        chunk_producer_kickout_threshold: CHUNK_PRODUCER_KICKOUT_THRESHOLD,
        chunk_validator_only_kickout_threshold: CHUNK_VALIDATOR_ONLY_KICKOUT_THRESHOLD,
        validators: vec![AccountInfo {
            account_id: account_id.clone(),
            public_key,
            amount: INITIAL_STAKE,
        }],
        transaction_validity_period: TRANSACTION_VALIDITY_PERIOD,
        protocol_reward_rate: PROTOCOL_REWARD_RATE,
        max_inflation_rate: MAX_INFLATION_RATE,
        total_supply,
        num_blocks_per_year: NUM_BLOCKS_PER_YEAR,
        protocol_treasury_account: account_id,
        fishermen_threshold: FISHERMEN_THRESHOLD,
        min_gas_price: MIN_GAS_PRICE,
        shard_layout: ShardLayout::single_shard(),
        ..Default::default()
    };
    let genesis =
        Genesis { config, contents: GenesisContents::Records { records: GenesisRecords(records) } };
    serde_json::to_string_pretty(&genesis).map_err(|error| error.to_string())
}

/// Reads a `genesis.json`: configuration and first state.
pub fn load(json: &str) -> Result<(GenesisConfig, Trie), String> {
    let genesis: Genesis =
        serde_json::from_str(json).map_err(|error| format!("genesis: {error}"))?;
    check_version(genesis.config.protocol_version)?;
    if genesis.config.shard_layout.num_shards() != 1 {
        return Err("genesis: the embedded node runs chains of one shard only".to_owned());
    }
    if genesis.config.validators.is_empty() {
        return Err("genesis: a chain needs at least one validator".to_owned());
    }
    if genesis.config.gas_limit == Gas::ZERO {
        return Err("genesis: gas_limit is 0, so that nothing could run".to_owned());
    }
    let GenesisContents::Records { records } = genesis.contents else {
        return Err("genesis: the records must be in genesis.json itself".to_owned());
    };
    Ok((genesis.config, first_state(&records.0)?))
}

fn first_state(records: &[StateRecord]) -> Result<Trie, String> {
    let mut state = Overlay::for_view(Trie::default());
    let mut delayed = DelayedReceiptIndices::default();
    for record in records.iter().cloned() {
        crate::runtime::check_balances(&record)?;
        match record {
            StateRecord::Account { account_id, account } => {
                state.set(TrieKey::Account { account_id }, &account);
            }
            StateRecord::Data { account_id, data_key, value } => state.set_raw(
                TrieKey::ContractData { account_id, key: data_key.to_vec() },
                value.to_vec().into(),
            ),
            StateRecord::Contract { account_id, code } => {
                state.set_raw(TrieKey::ContractCode { account_id }, code.into());
            }
            StateRecord::AccessKey { account_id, public_key, access_key } => {
                state.set(TrieKey::AccessKey { account_id, key_handle: public_key }, &access_key);
            }
            StateRecord::GasKeyNonce { account_id, public_key, index, nonce } => state
                .set(TrieKey::GasKeyNonce { account_id, key_handle: public_key, index }, &nonce),
            StateRecord::ReceivedData { account_id, data_id, data } => state.set(
                TrieKey::ReceivedData { receiver_id: account_id, data_id },
                &ReceivedData { data },
            ),
            StateRecord::DelayedReceipt(record) => {
                let receipt = *record.receipt;
                let congestion_size =
                    borsh::object_length(&receipt).expect("borsh of a receipt") as u64;
                let metadata =
                    StateStoredReceiptMetadata { congestion_gas: Gas::ZERO, congestion_size };
                let stored = ReceiptOrStateStoredReceipt::StateStoredReceipt(
                    StateStoredReceipt::new_owned(receipt, metadata),
                );
                state.set(TrieKey::DelayedReceipt { index: delayed.next_available_index }, &stored);
                delayed.next_available_index += 1;
                state.set(TrieKey::DelayedReceiptIndices, &delayed);
            }
            other @ StateRecord::PostponedReceipt(_) => {
                return Err(format!("genesis: a chain cannot begin with this record: {other}"));
            }
        }
    }
    state.commit(StateChangeCause::InitialState);
    Ok(state.finish().0)
}
