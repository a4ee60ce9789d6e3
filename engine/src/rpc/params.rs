//! Parameters: an object for the newer form of a method, an array of one or two for the older.

use near_jsonrpc_primitives::errors::RpcParseError;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub fn parse<T: DeserializeOwned>(params: Value) -> Result<T, RpcParseError> {
    serde_json::from_value(params).map_err(|error| {
        RpcParseError(format!("Failed parsing args: {}", in_words_of_nodes(&error)))
    })
}

/// Nodes are built with base64 0.21, the crates here with a newer one that says "symbol" where it said "byte".
fn in_words_of_nodes(error: &serde_json::Error) -> String {
    error.to_string().replace("Invalid symbol ", "Invalid byte ")
}

/// Positional parameters, told from the named ones.
pub enum Form {
    One(Value),
    Two(Value, Value),
    /// Named parameters; also arrays of other lengths, which then fail to parse.
    Named(Value),
}

impl Form {
    pub fn of(mut params: Value) -> Form {
        match params.as_array_mut().map(Vec::as_mut_slice) {
            Some([one]) => Form::One(one.take()),
            Some([one, two]) => Form::Two(one.take(), two.take()),
            _ => Form::Named(params),
        }
    }

    /// The parameters again as they came, for methods that know fewer positional forms.
    pub fn into_named(self) -> Value {
        match self {
            Form::One(one) => Value::Array(vec![one]),
            Form::Two(one, two) => Value::Array(vec![one, two]),
            Form::Named(params) => params,
        }
    }
}
