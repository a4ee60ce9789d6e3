"""Kinds of node. Each kind is one module of this package; :mod:`near_harness.nodes.registry` finds it by its name."""
