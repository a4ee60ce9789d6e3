"""The way to a node: JSON-RPC over HTTP or inside the process, and transactions that are signed with a key."""
