"""What of this folder runs with the other tests: py-near. `scripts/test-clients` runs all of it."""

from __future__ import annotations

# An environment of its own: its pytest plugin and this project's both have a fixture named after NEAR.
collect_ignore = ["near_kit"]
