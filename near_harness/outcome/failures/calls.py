"""Function calls that fail: nearcore's ``FunctionCallError``, told apart by variant, and where it is only a text by the text.

The runtime reports host errors and traps as ``ExecutionError`` with the text of the virtual machine (near-vm-runner:
``Display`` of ``HostError`` and ``WasmTrap``).
"""

from __future__ import annotations

from near_harness.outcome.failures.actions import ActionFailed
from near_harness.panics import advice_on

PANICKED = "Smart contract panicked: "
TRAPPED = "WebAssembly trap: "


class FunctionCallFailed(ActionFailed):
    """A function call failed; the kinds that have a name of their own are subclasses."""

    @property
    def name(self) -> str:
        """The failure's own name, such as ``ContractPanic``."""
        return super().name if type(self) is FunctionCallFailed else type(self).__name__

    @property
    def message(self) -> str:
        """The failure in one line."""
        if self.text:
            return f"{self.name}: {self.text}"
        inside = self.path[self.path.index(self.name) + 1 :] if self.name in self.path else ()
        return ": ".join((self.name, *inside)) if inside else super().message

    @property
    def text(self) -> str:
        """The text of the runtime or of the contract."""
        return self.fields if isinstance(self.fields, str) else ""


class ContractPanic(FunctionCallFailed):
    """The contract panicked. ``text`` is what it said."""

    @property
    def text(self) -> str:
        """The contract's own words."""
        return super().text.removeprefix(PANICKED)

    @property
    def advice(self) -> str:
        """What to try, where the words are near-sdk's own."""
        return advice_on(self.text)


class GasExceeded(FunctionCallFailed):
    """The gas attached to the call is used up."""

    hint = "attach more gas to the call, or give the promise that failed a larger share; near.gas.minimum(call) finds the least"


class GasLimitExceeded(FunctionCallFailed):
    """One call burnt as much as the protocol allows any call to burn."""


class WasmTrap(FunctionCallFailed):
    """The WebAssembly code hit a trap: unreachable code, a bad memory access, a division by zero, a full stack."""


class HostError(FunctionCallFailed):
    """A host function refused what the contract asked of it."""


class MethodResolveError(FunctionCallFailed):
    """The method cannot be called."""


class LinkError(FunctionCallFailed):
    """The contract imports a host function that this protocol version does not have."""

    hint = "the contract was built for a newer protocol: build with an older near-sdk, or choose a newer version: --near-protocol"


class CodeDoesNotExist(FunctionCallFailed):
    """The account has no contract."""

    hint = "deploy one first; in a test: near.deploy(wasm, account)"


class MethodNotFound(MethodResolveError):
    """The contract has no such method."""

    hint = "see dir(contract), or __contract_abi; a method needs #[near] and pub"


class MethodEmptyName(MethodResolveError):
    """The name of the method is empty."""


class MethodInvalidSignature(MethodResolveError):
    """The export of that name takes or returns values, so it is no contract method."""


class CompilationError(FunctionCallFailed):
    """The contract's code cannot be prepared or compiled by this protocol version."""

    hint = "build the contract again with cargo near build, and look at the limits of the protocol version (--near-protocol)"


class PrepareError(CompilationError):
    """The node refuses the code before it compiles it; the last name of ``path`` says why."""

    @property
    def message(self) -> str:
        """The failure in one line."""
        return ": ".join(self.path[-2:])


class PrepareDeserialization(PrepareError):
    """The code cannot be read: it has instructions that the protocol refuses, or it is damaged."""

    variant = "Deserialization"
    hint = (
        "the code is damaged, or uses WebAssembly that the protocol refuses: multi-value, SIMD, threads and tail calls in every "
        "version; before protocol 84 also bulk memory, sign extension, saturating conversions and reference types, which Rust "
        "from 1.82 on uses. Build with cargo near build, without further target features; for a chain before protocol 84 then: "
        "wasm-opt -Oz --signext-lowering --llvm-memory-copy-fill-lowering --llvm-nontrapping-fptoint-lowering in.wasm -o out.wasm"
    )


class WasmerCompileError(CompilationError):
    """The virtual machine cannot compile the code, although it passed the node's checks."""
