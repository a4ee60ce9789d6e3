//! The JSON-RPC methods of a nearcore node, answered from one [`Chain`].
//!
//! A request is bytes in and an HTTP status with bytes out; nothing here opens a socket, sleeps or blocks. A request that
//! has to wait for blocks which somebody else makes is answered by a [`Waiting`], which the caller polls.

mod access;
mod base58;
mod blocks;
mod changes;
mod client_config;
mod config;
mod contracts;
mod envelope;
mod json;
mod keys;
mod legacy_query;
mod light_client;
mod methods;
mod metrics;
mod outcome_text;
mod outcome_tree;
mod params;
mod profile_text;
mod progress;
mod query;
mod receipts;
mod reference;
mod sandbox;
mod signing;
mod status;
mod transaction_text;
mod transactions;
mod validators;
mod views;

use json::Json;
use near_jsonrpc_primitives::errors::RpcError;
use serde_json::Value;

use crate::chain::Chain;

/// What a request came to.
pub enum Answer {
    /// HTTP status and body.
    Now(u16, Vec<u8>),
    /// Nothing yet.
    Later(Waiting),
}

/// A request that waits for blocks.
pub struct Waiting {
    id: Value,
    goal: Goal,
}

/// What a method came to, before it is put into its envelope.
enum Reply {
    Done(Result<Json, RpcError>),
    Wait(Goal),
}

/// What a request waits for.
enum Goal {
    Transaction(progress::Wanted),
    Patch(sandbox::Patched),
}

impl Goal {
    /// The answer, once the chain has come far enough.
    fn reached(&self, chain: &Chain) -> Option<Result<Json, RpcError>> {
        match self {
            Goal::Transaction(wanted) => wanted.reached(chain),
            Goal::Patch(patched) => patched.reached(chain),
        }
    }

    /// The answer of a node that has lost patience.
    fn given_up(&self) -> RpcError {
        match self {
            Goal::Transaction(_) => progress::timeout(),
            Goal::Patch(_) => sandbox::timeout(),
        }
    }
}

/// Answers one request body.
pub fn handle(chain: &mut Chain, body: &[u8]) -> Answer {
    let request = match envelope::parse(body) {
        Ok(request) => request,
        Err((status, body)) => return Answer::Now(status, body),
    };
    let past = envelope::names_a_past_height(chain, &request.params);
    match methods::call(chain, &request.method, request.params) {
        Reply::Done(result) => {
            let (status, body) = envelope::seal(request.id, result, past);
            Answer::Now(status, body)
        }
        Reply::Wait(goal) => Answer::Later(Waiting { id: request.id, goal }),
    }
}

/// Asks again for the answer of a request that waited.
pub fn poll(chain: &mut Chain, waiting: &mut Waiting) -> Option<(u16, Vec<u8>)> {
    let result = waiting.goal.reached(chain)?;
    Some(envelope::seal(waiting.id.take(), result, false))
}

/// Makes blocks, at most `most`, until the answer can be given or nothing changes any more; and gives it.
pub fn advance(chain: &mut Chain, waiting: &mut Waiting, most: u32) -> Option<(u16, Vec<u8>)> {
    let mut quiet = 0;
    for _ in 0..most {
        let found = poll(chain, waiting);
        quiet = if chain.in_flight() { 0 } else { quiet + 1 };
        if found.is_some() || quiet > progress::BLOCKS_TO_FINALITY + 1 {
            return found;
        }
        chain.produce_block();
    }
    poll(chain, waiting)
}

/// The answer for a client that has waited for too long; the transaction goes on all the same.
pub fn expire(_chain: &mut Chain, waiting: &mut Waiting) -> (u16, Vec<u8>) {
    let error = waiting.goal.given_up();
    envelope::seal(waiting.id.take(), Err(error), false)
}

/// Answers `GET path`: HTTP status, content type, body.
pub fn get(chain: &mut Chain, path: &str) -> (u16, &'static str, Vec<u8>) {
    const JSON: &str = "application/json";
    let path = path.split('?').next().unwrap_or_default();
    let result = match path {
        "/status" => status::status(chain),
        "/health" => Ok(Json::null()),
        "/network_info" => status::network_info(),
        "/metrics" => {
            return (200, "text/plain; version=0.0.4", metrics::text(chain).into_bytes());
        }
        _ => return (404, "text/plain; charset=utf-8", Vec::new()),
    };
    match result {
        Ok(json) => (200, JSON, json.into_bytes()),
        Err(error) => (503, JSON, envelope::to_bytes(&error)),
    }
}
