"""LiteSVM: Solana's runtime in the test's process."""
