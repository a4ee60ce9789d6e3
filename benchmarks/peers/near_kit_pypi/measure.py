"""Times of near-kit of PyPI against the node at NEAR_SANDBOX_URL."""

import os
from importlib.metadata import version

from near import Near
from near.testing import sandbox_signer

from peers.near_kit_pypi.chain import Bank
from peers.timing import report, timed

with Near(rpc_url=os.environ["NEAR_SANDBOX_URL"], signer=sandbox_signer()) as root:
    bank = Bank(root)
    report(
        version=version("near-kit"),
        transfer=timed(bank.transfer),
        call=timed(bank.call),
        view=timed(bank.credit),
    )
