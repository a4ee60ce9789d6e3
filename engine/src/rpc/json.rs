//! Answers as text, written directly: a tree of values in between would cost more than many a request.

use near_jsonrpc_primitives::errors::RpcError;
use serde::Serialize;
use serde_json::Value;

/// What stands before a result, as nearcore's `Message` writes it.
const HEAD: &[u8] = br#"{"jsonrpc":"2.0","result":"#;

/// Enough for the outcome of a call that calls others: a text that grows is copied each time that it doubles.
const ROOM: usize = 1 << 15;

/// A JSON text, written where its envelope will be around it.
pub struct Json(Vec<u8>);

impl Json {
    pub fn null() -> Json {
        Json([HEAD, b"null"].concat())
    }

    /// The text alone.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.0.drain(..HEAD.len());
        self.0
    }

    /// The answer to the request of this id, as `Message::response` of nearcore is written.
    pub fn in_envelope(mut self, id: &Value) -> Vec<u8> {
        self.0.extend_from_slice(br#","id":"#);
        serde_json::to_writer(&mut self.0, id).expect("a value in memory has a text");
        self.0.push(b'}');
        self.0
    }
}

pub fn to_json<T: Serialize>(value: &T) -> Result<Json, RpcError> {
    let mut text = Vec::with_capacity(ROOM);
    text.extend_from_slice(HEAD);
    serde_json::to_writer(&mut text, value)
        .map_err(|error| RpcError::serialization_error(error.to_string()))?;
    Ok(Json(text))
}
