//! A state and what is on its way in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use near_primitives::account::Account;
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::receipt::{
    DataReceipt, Receipt, ReceiptEnum, ReceiptV0, VersionedReceiptEnum,
};
use near_primitives::transaction::{ExecutionStatus, SignedTransaction};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, Balance, Gas, StateChangeCause};
use near_primitives::views::ExecutionStatusView;

use super::fault::Fault;
use super::name::Names;
use super::parcel::{Kind, Parcel, deposit, follows, is_plain};
use super::step::{Run, Step};
use crate::chain::{Chain, ViewCall, ViewCallError};
use crate::runtime::{self, BlockContext, alone, rows};
use crate::state::{Changed, Overlay, Trie, Value};

/// A state, the receipts that are on their way in it, and the block that all of them run in. A clone is a copy of
/// pointers.
#[derive(Clone)]
pub struct World {
    frame: Arc<Frame>,
    state: Trie,
    pending: Vec<Arc<Parcel>>,
    /// Everything that was made here and was not executed yet: it is on its way, or waits for data.
    unexecuted: Vec<Arc<Parcel>>,
    /// What gas has cost and brought an account, in yocto: charged, given back, earned.
    gas: BTreeMap<AccountId, i128>,
}

struct Frame {
    block: BlockContext,
    view_limit: Gas,
    time_outs: bool,
}

/// What an account has.
pub struct Holding {
    pub account: Account,
    /// What gas has cost (less than zero) or brought it in this world.
    pub gas: i128,
    /// Of all its contract's data.
    pub data: CryptoHash,
}

impl World {
    /// The state after a chain's newest block. Nothing may be on its way there. With `time_outs`, every yield may end without
    /// data at any time.
    pub fn of(chain: &Chain, time_outs: bool) -> Result<World, String> {
        if chain.in_flight() {
            return Err("transactions or receipts are on their way: let them come to their end before orders are \
                        explored"
                .to_owned());
        }
        let limit = chain.runtime_config().wasm_config.limit_config.max_gas_burnt;
        let view_limit = chain.node().max_gas_burnt_view.unwrap_or(limit);
        // Each order would print the same again.
        let block = BlockContext { debug_log: None, ..chain.next_context() };
        let frame = Frame { block, view_limit, time_outs };
        Ok(World {
            frame: Arc::new(frame),
            state: chain.head().applied.state.clone(),
            pending: Vec::new(),
            unexecuted: Vec::new(),
            gas: BTreeMap::new(),
        })
    }

    /// Charges a transaction's signer and puts its receipt on its way under this name. A refusal is the error's JSON.
    pub fn submit(
        &self,
        signed: SignedTransaction,
        name: &str,
    ) -> Result<(World, Arc<Parcel>), String> {
        let block = &self.frame.block;
        let signer_id = signed.transaction.signer_id().clone();
        let before = self.balance(&signer_id);
        let (state, receipt) = alone::transaction(block, self.state.clone(), &Arc::new(signed))
            .map_err(|refused| {
                let status = ExecutionStatusView::from(refused.outcome.status);
                serde_json::to_string(&status).expect("a status is JSON")
            })?;
        let mut world = World { state, ..self.clone() };
        let gas = before.saturating_sub(world.balance(&signer_id)) - deposit(&receipt);
        world.add_gas(&signer_id, -i128::try_from(gas).expect("below the supply"));
        let parcel = world.sent(name.into(), receipt);
        world.pending.push(parcel.clone());
        Ok((world, parcel))
    }

    /// What is on its way, oldest first.
    pub fn pending(&self) -> &[Arc<Parcel>] {
        &self.pending
    }

    /// Runs one receipt that is on its way, and what follows from it at once: the receipt that waited for its data, instant
    /// receipts, refunds.
    pub fn deliver(&self, name: &str, fault: Option<&Fault>) -> Result<Step, String> {
        let at = self.pending.iter().position(|parcel| &*parcel.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.pending.iter().map(|parcel| &*parcel.name).collect();
            format!("no receipt {name:?} is on its way: there are {names:?}")
        })?;
        let mut world = self.clone();
        let parcel = world.pending.remove(at);
        if matches!(parcel.kind, Kind::Data | Kind::Resume) {
            // It brings something and is not executed itself.
            world.executed(parcel.receipt.receipt_id());
        }
        let block = &self.frame.block;
        let incoming = vec![parcel.receipt.clone()];
        let mut done = match fault {
            None => alone::receipts(block, self.state.clone(), incoming, follows),
            Some(fault) => {
                let receiver_id = parcel.receiver();
                let (state, undo) = fault.put(self.state.clone(), receiver_id)?;
                let mut done = alone::receipts(block, state, incoming, |_, _| false);
                if let Some(undo) = undo {
                    done.state = fault.take_out(done.state, receiver_id, undo)?;
                }
                then_what_follows(block, done)
            }
        };
        world.state = done.state;
        let mut runs = Vec::new();
        for ran in done.ran {
            let parcel = world.executed(&ran.outcome.id);
            let mut names = Names::below(&parcel.name);
            for made in ran.made {
                let name = names.next(Kind::of(&made));
                world.sent(name, made);
            }
            world.count_refund(&parcel, &ran.outcome.outcome.status);
            runs.push(Run { parcel, outcome: ran.outcome });
        }
        world.count_rewards(&self.state, &done.rows);
        if self.frame.time_outs {
            done.outgoing.extend(time_outs(&mut world, &runs));
        }
        let sent = world.on_their_way(&done.outgoing);
        Ok(Step { world, runs, sent, before: self.state.clone(), rows: done.rows })
    }

    /// Takes out what is executed now.
    fn executed(&mut self, id: &CryptoHash) -> Arc<Parcel> {
        let at = self.unexecuted.iter().position(|parcel| parcel.receipt.receipt_id() == id);
        self.unexecuted.swap_remove(at.expect("it was made in this world"))
    }

    /// Remembers a receipt that was made.
    fn sent(&mut self, name: Arc<str>, receipt: Arc<Receipt>) -> Arc<Parcel> {
        let kind = Kind::of(&receipt);
        let free = kind == Kind::Transfer
            && is_plain(&Overlay::for_view(self.state.clone()), receipt.receiver_id())
            && !self.pending.iter().any(|other| {
                other.receiver() == receipt.receiver_id() && other.kind == Kind::Actions
            });
        let parcel = Arc::new(Parcel { name, receipt, kind, free });
        self.unexecuted.push(parcel.clone());
        parcel
    }

    fn on_their_way(&mut self, receipts: &[Arc<Receipt>]) -> Vec<Arc<Parcel>> {
        let parcel_of = |receipt: &Arc<Receipt>| {
            let found = self.unexecuted.iter().find(|made| Arc::ptr_eq(&made.receipt, receipt));
            found.expect("it was made in this world").clone()
        };
        let sent: Vec<Arc<Parcel>> = receipts.iter().map(parcel_of).collect();
        self.pending.extend_from_slice(&sent);
        sent
    }

    /// Gas that was not used comes back.
    fn count_refund(&mut self, parcel: &Parcel, status: &ExecutionStatus) {
        let receipt = &parcel.receipt;
        if parcel.kind != Kind::Refund || matches!(status, ExecutionStatus::Failure(_)) {
            return;
        }
        if let VersionedReceiptEnum::Action(action) = receipt.versioned_receipt()
            && action.signer_id() == receipt.receiver_id()
        {
            let back = i128::try_from(parcel.deposit()).expect("below the supply");
            self.add_gas(receipt.receiver_id(), back);
        }
    }

    /// Contracts earn a part of the gas that is burnt in them.
    fn count_rewards(&mut self, before: &Trie, rows: &[Changed]) {
        for row in rows {
            let TrieKey::Account { account_id } = &row.key else { continue };
            let mut last = before.get(&row.key.to_vec()).cloned();
            for (cause, value) in &row.versions {
                if matches!(cause, StateChangeCause::ActionReceiptGasReward { .. }) {
                    let earned = amount(value.as_deref()) - amount(last.as_deref());
                    self.add_gas(account_id, earned);
                }
                last = value.clone();
            }
        }
    }

    fn add_gas(&mut self, account_id: &AccountId, amount: i128) {
        let sum = self.gas.get(account_id).copied().unwrap_or_default() + amount;
        self.gas.insert(account_id.clone(), sum);
    }

    /// Runs a view call.
    pub fn view(
        &self,
        account_id: &AccountId,
        method: &str,
        args: &[u8],
    ) -> Result<ViewCall, ViewCallError> {
        let Frame { block, view_limit, .. } = &*self.frame;
        runtime::view::call(block, &self.state, account_id, method, args, *view_limit)
    }

    /// What an account has, if it exists.
    pub fn holding(&self, account_id: &AccountId) -> Option<Holding> {
        let overlay = Overlay::for_view(self.state.clone());
        let account = rows::account(&overlay, account_id)?;
        let data = self.state.hash_under(&data_prefix(account_id));
        Some(Holding { account, gas: self.gas.get(account_id).copied().unwrap_or_default(), data })
    }

    /// The data of an account's contract: keys and values.
    pub fn data(&self, account_id: &AccountId) -> Vec<(Vec<u8>, Value)> {
        let prefix = data_prefix(account_id);
        self.state
            .iter_prefix(&prefix, None)
            .map(|(key, value)| (key[prefix.len()..].to_vec(), value))
            .collect()
    }

    /// All accounts that there are.
    pub fn accounts(&self) -> Vec<AccountId> {
        self.state
            .iter_prefix(&[near_primitives::trie_key::col::ACCOUNT], None)
            .filter_map(|(key, _)| std::str::from_utf8(&key[1..]).ok()?.parse().ok())
            .collect()
    }

    /// The root of the state, gas and all.
    pub fn root(&self) -> CryptoHash {
        self.state.root_hash()
    }

    fn balance(&self, account_id: &AccountId) -> u128 {
        let overlay = Overlay::for_view(self.state.clone());
        rows::account(&overlay, account_id)
            .map_or(Balance::ZERO, |account| account.amount())
            .as_yoctonear()
    }
}

/// Runs what follows at once from what a fault was in the way of.
fn then_what_follows(block: &BlockContext, mut done: alone::Alone) -> alone::Alone {
    let overlay = Overlay::for_view(done.state.clone());
    let (now, later) =
        done.outgoing.into_iter().partition(|receipt: &Arc<Receipt>| follows(&overlay, receipt));
    done.outgoing = later;
    let after = alone::receipts(block, done.state, now, follows);
    done.ran.extend(after.ran);
    done.outgoing.extend(after.outgoing);
    done.rows.extend(after.rows);
    done.state = after.state;
    done
}

/// For every yield that was just made, its end without data.
fn time_outs(world: &mut World, runs: &[Run]) -> Vec<Arc<Receipt>> {
    let yields = runs.iter().flat_map(|run| &run.outcome.outcome.receipt_ids);
    let made = |id| world.unexecuted.iter().find(|parcel| parcel.receipt.receipt_id() == id);
    let yields: Vec<Arc<Parcel>> = yields.filter_map(made).cloned().collect();
    let mut ends = Vec::new();
    for parcel in yields {
        let VersionedReceiptEnum::PromiseYield(action) = parcel.receipt.versioned_receipt() else {
            continue;
        };
        let data_id = action.input_data_ids()[0];
        let end = Arc::new(Receipt::V0(ReceiptV0 {
            predecessor_id: parcel.receiver().clone(),
            receiver_id: parcel.receiver().clone(),
            receipt_id: hash(data_id.as_ref()),
            receipt: ReceiptEnum::PromiseResume(DataReceipt { data_id, data: None }),
        }));
        world.sent(format!("{}.timeout", parcel.name).into(), end.clone());
        ends.push(end);
    }
    ends
}

fn amount(account: Option<&[u8]>) -> i128 {
    let account: Option<Account> =
        account.map(|bytes| borsh::from_slice(bytes).expect("an account row"));
    account.map_or(0, |account| {
        i128::try_from(account.amount().as_yoctonear()).expect("below the supply")
    })
}

fn data_prefix(account_id: &AccountId) -> Vec<u8> {
    TrieKey::ContractData { account_id: account_id.clone(), key: Vec::new() }.to_vec()
}
