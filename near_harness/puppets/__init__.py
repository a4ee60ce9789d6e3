"""Contracts that are programmed from Python, and contracts in which a method goes wrong. They are real WebAssembly."""
