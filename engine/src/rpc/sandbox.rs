//! What only a sandbox can do: `sandbox_patch_state` and `sandbox_fast_forward`.

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::sandbox::{
    RpcSandboxFastForwardError, RpcSandboxFastForwardRequest, RpcSandboxFastForwardResponse,
    RpcSandboxPatchStateError, RpcSandboxPatchStateRequest, RpcSandboxPatchStateResponse,
};
use near_primitives::types::BlockHeight;
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::parse;
use super::{Goal, Reply};
use crate::chain::{BlockMode, Chain};

/// More than the distance from a block to its finality, whatever was skipped before.
const MOST_BLOCKS: usize = 8;

/// A patch that is in a block, or will be in the next.
pub struct Patched {
    height: BlockHeight,
}

impl Patched {
    /// The patch is answered when those who read the final state see it.
    pub fn reached(&self, chain: &Chain) -> Option<Result<Json, RpcError>> {
        let done = chain.final_head().height >= self.height;
        done.then(|| to_json(&RpcSandboxPatchStateResponse {}))
    }
}

pub fn timeout() -> RpcError {
    let error_message = "the patch is not in a final block yet".to_owned();
    RpcSandboxPatchStateError::InternalError { error_message }.into()
}

pub fn patch_state(chain: &mut Chain, params: Value) -> Reply {
    let request: RpcSandboxPatchStateRequest = match parse(params) {
        Ok(request) => request,
        Err(error) => return Reply::Done(Err(error.into())),
    };
    let next = chain.height() + 1;
    if let Err(error_message) = chain.patch_state(request.records) {
        let error = RpcSandboxPatchStateError::InternalError { error_message };
        return Reply::Done(Err(error.into()));
    }
    let patched = Patched { height: next };
    if chain.mode() == BlockMode::Auto {
        for _ in 0..MOST_BLOCKS {
            if let Some(result) = patched.reached(chain) {
                return Reply::Done(result);
            }
            chain.produce_block();
        }
    }
    Reply::Wait(Goal::Patch(patched))
}

pub fn fast_forward(chain: &mut Chain, params: Value) -> Reply {
    let request: RpcSandboxFastForwardRequest = match parse(params) {
        Ok(request) => request,
        Err(error) => return Reply::Done(Err(error.into())),
    };
    Reply::Done(match chain.fast_forward(request.delta_height) {
        Ok(()) => to_json(&RpcSandboxFastForwardResponse {}),
        Err(error_message) => {
            Err(RpcSandboxFastForwardError::InternalError { error_message }.into())
        }
    })
}
