"""Bundles: what a test did to its chain, in a file that anyone can replay on any kind of node.

A façade keeps the history of its chain (:mod:`~near_harness.bundles.history`). Of a failing test it is written to a zip file
(:mod:`~near_harness.bundles.write`) with a plain script beside it; :mod:`~near_harness.bundles.replay` does it again.
"""
