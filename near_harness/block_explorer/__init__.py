"""The block explorer of ``near-harness node run``: plain pages, made by the node itself, that ask nobody else for anything."""
