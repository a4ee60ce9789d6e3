"""``near-harness init``: the first tests of a contract repository, its workflow and its settings."""
