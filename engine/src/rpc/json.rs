//! Answers as text, written directly: a tree of values in between would cost more than many a request.

use near_jsonrpc_primitives::errors::RpcError;
use serde::Serialize;

/// A JSON text.
pub struct Json(Vec<u8>);

impl Json {
    pub fn null() -> Json {
        Json(b"null".to_vec())
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl AsRef<[u8]> for Json {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

pub fn to_json<T: Serialize>(value: &T) -> Result<Json, RpcError> {
    serde_json::to_vec(value)
        .map(Json)
        .map_err(|error| RpcError::serialization_error(error.to_string()))
}
