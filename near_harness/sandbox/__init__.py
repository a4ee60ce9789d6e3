"""The embedded node as an executable with the command line of ``near-sandbox``: ``near-harness-sandbox``."""
