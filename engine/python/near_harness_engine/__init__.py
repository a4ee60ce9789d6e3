"""The native part of the embedded node of ``near-harness``: one chain of one shard, driven by bytes of JSON-RPC."""

from near_harness_engine._engine import (
    Chain,
    EngineError,
    EnginePanic,
    Parcel,
    Pending,
    Refused,
    Snapshot,
    Step,
    TakenOut,
    World,
    __version__,
    log_to_stderr,
    protocol_versions,
    sandbox_genesis,
)

__all__ = [
    "Chain",
    "EngineError",
    "EnginePanic",
    "Parcel",
    "Pending",
    "Refused",
    "Snapshot",
    "Step",
    "TakenOut",
    "World",
    "__version__",
    "log_to_stderr",
    "protocol_versions",
    "sandbox_genesis",
]
