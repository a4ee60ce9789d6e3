//! The older form of `query`: a path such as `account/alice.near`, and data in base58.

use near_jsonrpc_primitives::errors::RpcParseError;
use near_jsonrpc_primitives::types::query::RpcQueryRequest;
use near_primitives::types::{AccountId, BlockId, BlockReference};
use near_primitives::views::QueryRequest;

/// The most bytes of a path and its data together; decoding base58 takes time that grows with the square of its length.
const MOST_BYTES: usize = 10 * 1024;

/// Reads a path and its data. It always looks at the newest block.
pub fn parse_path(path: String, data: String) -> Result<RpcQueryRequest, RpcParseError> {
    let mut parts = path.splitn(3, '/');
    let too_few = || refused("Not enough query parameters provided");
    let command = parts.next().ok_or_else(too_few)?;
    let account_id = parts
        .next()
        .ok_or_else(too_few)?
        .parse::<AccountId>()
        .map_err(|error| RpcParseError(error.to_string()))?;
    Ok(RpcQueryRequest {
        block_reference: BlockReference::latest(),
        request: request(command, account_id, parts.next(), || {
            decode(&data, MOST_BYTES.saturating_sub(path.len()))
        })?,
    })
}

fn decode(data: &str, most: usize) -> Result<Vec<u8>, RpcParseError> {
    // Decoding never makes data longer.
    let mut decoded = vec![0; most.min(data.len())];
    match bs58::decode(data).onto(decoded.as_mut_slice()) {
        Ok(length) => {
            decoded.truncate(length);
            Ok(decoded)
        }
        Err(bs58::decode::Error::BufferTooSmall) => Err(refused("Query data size is too large")),
        Err(error) => Err(RpcParseError(error.to_string())),
    }
}

fn request(
    command: &str,
    account_id: AccountId,
    rest: Option<&str>,
    data: impl FnOnce() -> Result<Vec<u8>, RpcParseError>,
) -> Result<QueryRequest, RpcParseError> {
    Ok(match (command, rest) {
        ("account", _) => QueryRequest::ViewAccount { account_id },
        ("access_key", None) => {
            QueryRequest::ViewAccessKeyList { account_id, after_key: None, limit: None }
        }
        ("access_key", Some(key)) => QueryRequest::ViewAccessKey {
            account_id,
            public_key: key.parse().map_err(|_| refused("Invalid public key"))?,
        },
        ("code", _) => QueryRequest::ViewCode { account_id },
        ("contract", _) => QueryRequest::ViewState {
            account_id,
            prefix: data()?.into(),
            after_key: None,
            limit: None,
            include_proof: false,
        },
        ("call", Some(method_name)) => QueryRequest::CallFunction {
            account_id,
            method_name: method_name.to_owned(),
            args: data()?.into(),
        },
        ("call", None) => return Err(refused("Method name is missing")),
        (unknown, _) => return Err(RpcParseError(format!("Unknown path {unknown}"))),
    })
}

fn refused(text: &str) -> RpcParseError {
    RpcParseError(text.to_owned())
}

/// The database's words for a block that `query` did not find. By hash it looks for the header alone.
pub fn missing_block(id: &BlockId) -> String {
    match id {
        BlockId::Height(height) => {
            format!("DB Not Found Error: BLOCK HEIGHT: {height} \n Cause: Unknown")
        }
        BlockId::Hash(hash) => format!("DB Not Found Error: BLOCK HEADER: {hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str, data: &str) -> String {
        match parse_path(path.to_owned(), data.to_owned()) {
            Ok(request) => serde_json::to_string(&request).unwrap(),
            Err(error) => error.0,
        }
    }

    #[test]
    fn paths_are_read() {
        assert!(text("account/a.near", "").contains("view_account"));
        assert!(text("access_key/a.near", "").contains("view_access_key_list"));
        assert!(text("contract/a.near", "2g").contains(r#""prefix_base64":"YQ==""#));
        assert!(text("call/a.near/m/n", "").contains(r#""method_name":"m/n""#));
    }

    #[test]
    fn bad_paths_are_named() {
        assert_eq!(text("account", ""), "Not enough query parameters provided");
        assert_eq!(text("dream/a.near", ""), "Unknown path dream");
        assert_eq!(text("call/a.near", ""), "Method name is missing");
        assert_eq!(text("access_key/a.near/x", ""), "Invalid public key");
        assert_eq!(
            text("contract/a.near", &"1".repeat(MOST_BYTES)),
            "Query data size is too large"
        );
    }
}
