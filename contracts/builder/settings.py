"""What decides the bytes of a compiled contract, beside its sources and the compiler.

This file is part of the hash over the sources: after a change here the contracts have to be built again.
"""

TARGET = "wasm32-unknown-unknown"

BINARYEN_VERSION = "132.0.0"
ZSTANDARD_VERSION = "0.25.0"
ZSTANDARD_LEVEL = 19

# `--cfg near` selects the chain's host functions in near-sdk: without it panics lose their text.
RUSTC_FLAGS = ["--cfg", "near", "-C", "link-arg=-s"]

# The chain's VM refuses multi-value; the other features are what rustc uses and what protocol 84 and later allow.
WASM_OPT_FLAGS = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-call-indirect-overlong",
    "--disable-multivalue",
    "--strip-debug",
    "--strip-producers",
]
