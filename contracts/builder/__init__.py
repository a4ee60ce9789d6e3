"""Builds the contracts of this folder to wasm, with their ABI embedded. Run by `scripts/contracts`."""
