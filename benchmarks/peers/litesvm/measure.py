"""Times of LiteSVM. It has no way back to an earlier state in Python."""

from importlib.metadata import version

from solders.litesvm import LiteSVM

from peers.litesvm.chain import Chain
from peers.timing import report, timed

chain = Chain()
report(
    version=version("solders"),
    start=timed(LiteSVM, times=10, unmeasured=1),
    transfer=timed(chain.transfer),
    call=timed(chain.call),
)
