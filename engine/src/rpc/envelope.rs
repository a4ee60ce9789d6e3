//! The JSON-RPC envelope: what counts as a request, and which HTTP status an answer travels with.

use near_jsonrpc_primitives::errors::{RpcError, RpcErrorKind};
use near_jsonrpc_primitives::message::{Message, Request};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::json::Json;
use crate::chain::Chain;

/// The request in a body, or the HTTP status and body that refuse it.
pub fn parse(body: &[u8]) -> Result<Request, (u16, Vec<u8>)> {
    serde_json::from_slice::<Request>(body).map_err(|_| refuse(body))
}

/// JSON that is no request gets an error in an envelope of its own; what is no JSON never reaches nearcore's handler,
/// its web framework refuses it in plain text.
fn refuse(body: &[u8]) -> (u16, Vec<u8>) {
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => {
            let text = "JSON RPC Request format was expected".to_owned();
            (400, to_bytes(&Message::error(RpcError::parse_error(text))))
        }
        Err(error) => {
            let text = format!("Failed to parse the request body as JSON: {error}");
            (400, text.into_bytes())
        }
    }
}

/// HTTP status and body of an answer. `past`: whether the request named a height below the head's.
pub fn seal(id: Value, result: Result<Json, RpcError>, past: bool) -> (u16, Vec<u8>) {
    match result {
        Ok(json) => (200, json.in_envelope(&id)),
        Err(error) => {
            let status = http_status(&error, past);
            (status, to_bytes(&Message::response(id, Err(error))))
        }
    }
}

fn http_status(error: &RpcError, past: bool) -> u16 {
    match &error.error_struct {
        Some(RpcErrorKind::RequestValidationError(_)) => 400,
        Some(RpcErrorKind::InternalError(_)) => 500,
        Some(RpcErrorKind::HandlerError(cause)) => match cause["name"].as_str() {
            Some("TIMEOUT_ERROR") => 408,
            Some("UNKNOWN_BLOCK") if past => 422,
            _ => 200,
        },
        None => 200,
    }
}

/// Whether the parameters ask for a block by a height that the chain has passed: if there is none, there never will be.
pub fn names_a_past_height(chain: &Chain, params: &Value) -> bool {
    params
        .as_object()
        .and_then(|object| object.get("block_id"))
        .and_then(Value::as_u64)
        .is_some_and(|height| height < chain.height())
}

pub fn to_bytes<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|error| error.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> (u16, Value) {
        let (status, body) = parse(body.as_bytes()).map(|_| ()).unwrap_err();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    #[test]
    fn requests_need_an_id_and_no_more_than_nearcore_knows() {
        assert!(parse(br#"{"jsonrpc":"2.0","method":"status","id":1}"#).is_ok());
        assert!(parse(br#"{"jsonrpc":"2.0","method":"status","id":null,"params":[]}"#).is_ok());
        for body in [
            r#"{"jsonrpc":"2.0","method":"status"}"#,
            r#"{"jsonrpc":"2.0","method":"status","id":1,"more":2}"#,
            r#"{"jsonrpc":"1.0","method":"status","id":1}"#,
            r#"[{"jsonrpc":"2.0","method":"status","id":1}]"#,
            "7",
        ] {
            let (status, answer) = refused(body);
            assert_eq!(status, 400, "{body}");
            assert_eq!(answer["id"], Value::Null);
            assert_eq!(
                answer["error"]["cause"]["info"]["error_message"],
                "JSON RPC Request format was expected"
            );
        }
    }

    #[test]
    fn a_result_stands_in_the_envelope_of_nearcore() {
        let (value, id) = (serde_json::json!({"a": [1, null]}), serde_json::json!("x\"y"));
        let json = super::super::json::to_json(&value).unwrap();
        let (status, body) = seal(id.clone(), Ok(json), false);
        assert_eq!(status, 200);
        assert_eq!(body, to_bytes(&Message::response(id, Ok(value))));
    }

    #[test]
    fn what_is_no_json_is_refused_in_plain_text() {
        for body in ["", "{", "\u{0}", "{\"jsonrpc\":\"2.0\",}"] {
            assert_eq!(refused(body), (400, Value::Null), "{body}");
        }
    }
}
