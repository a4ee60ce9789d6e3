"""Every order in which receipts may run: what :meth:`near_harness.Near.explore` does.

From the outside in: a :mod:`scene <near_harness.explore.scene>` (a chain and the transactions that meet there) is searched
(:mod:`search <near_harness.explore.search>`, or :mod:`sampled <near_harness.explore.sample>`) by :mod:`moves
<near_harness.explore.moves>`; :mod:`oracles <near_harness.explore.oracles>` judge each outcome; what they find is made
:mod:`small <near_harness.explore.minimise>` and told by a :mod:`report <near_harness.explore.report>`.
"""
