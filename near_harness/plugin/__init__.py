"""The pytest plugin, a job a file: :mod:`near_harness.plugin.hooks` is what pytest loads, and registers the others."""
