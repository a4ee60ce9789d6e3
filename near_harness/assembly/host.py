"""The host functions of NEAR that generated contracts use, with how many numbers each takes and what it gives.

All of them are older than protocol 84; ``sandbox_debug_log`` is there on sandboxes only. Where a function takes a length and an
address, the length :data:`REGISTER` says that the address is the number of a register instead.
"""

from __future__ import annotations

REGISTER = (1 << 64) - 1
"""As a length: the content is in the register whose number stands in place of the address."""

NOTHING, I64, I32 = b"", b"\x7e", b"\x7f"

HOST: dict[str, tuple[int, bytes]] = {
    "attached_deposit": (1, NOTHING),
    "block_index": (0, I64),
    "current_account_id": (1, NOTHING),
    "input": (1, NOTHING),
    "log_utf8": (2, NOTHING),
    "panic_utf8": (2, NOTHING),
    "predecessor_account_id": (1, NOTHING),
    "promise_batch_action_function_call_weight": (8, NOTHING),
    "promise_batch_action_transfer": (2, NOTHING),
    "promise_batch_create": (2, I64),
    "promise_batch_then": (3, I64),
    "promise_result": (2, I64),
    "promise_return": (1, NOTHING),
    "promise_yield_create": (7, I64),
    "promise_yield_resume": (4, I32),
    "read_register": (2, NOTHING),
    "register_len": (1, I64),
    "sandbox_debug_log": (2, NOTHING),
    "storage_has_key": (2, I64),
    "storage_read": (3, I64),
    "storage_remove": (3, I64),
    "storage_write": (5, I64),
    "used_gas": (0, I64),
    "validator_total_stake": (1, NOTHING),
    "value_return": (2, NOTHING),
}
