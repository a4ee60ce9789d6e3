"""Writes WebAssembly: whole contracts, and contracts in which some methods are others. No compiler, no toolchain."""
