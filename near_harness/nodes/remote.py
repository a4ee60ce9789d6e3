"""The remote kind: a node that runs already, such as a sandbox that was started by hand, or a localnet.

The root account is ``NEAR_HARNESS_ROOT_ACCOUNT`` (``sandbox``), its key ``NEAR_HARNESS_ROOT_KEY``: a secret key, or a key file
such as ``validator_key.json``. Without one it is the key that a sandbox image makes from the account's name.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from near_harness.errors import BadInput, CapabilityMissing, InvalidSetting, NodeUnreachable, PublicNetwork, RpcError
from near_harness.keys import KeyPair
from near_harness.nodes.base import Capabilities, NodeSettings, Readiness
from near_harness.nodes.rpc import Rpc
from near_harness.nodes.served import ServedNode

_ROOT = "sandbox"
_ALLOWED = "NEAR_HARNESS_ALLOW_CHAIN"
_PUBLIC = ("mainnet", "testnet", "betanet")
_PUBLIC_HOST = re.compile(r"(^|[.-])(mainnet|testnet|betanet)([.-]|$)|(^|\.)near\.org$|(^|\.)fastnear\.com$", re.IGNORECASE)
_ANSWER_LIMIT_S = 15.0


def create(settings: NodeSettings) -> RemoteNode:
    """Make a handle of a remote node, which is not asked anything yet."""
    return RemoteNode(settings)


def readiness() -> Readiness:
    """Say that there is nothing to install."""
    return Readiness(ready=True, detail="--near-node=http://HOST:PORT takes a node that runs already")


class RemoteNode(ServedNode):
    """A node that somebody else started and will stop."""

    kind = "remote"

    def start(self) -> None:
        """Look whether it answers, what it can do, and whether the root key is right.

        :raises PublicNetwork: for mainnet and testnet, unless ``NEAR_HARNESS_ALLOW_CHAIN`` names the chain.
        :raises NodeError: where it cannot be used.
        """
        if self._rpc is not None:
            return
        rpc = Rpc(self._settings.detail)
        refuse_public_host(self._settings.detail)
        _wake(rpc)
        status = rpc.wait_for_status(_ANSWER_LIMIT_S, lambda: None)
        chain_id = str(status["chain_id"])
        if chain_id in _PUBLIC and os.environ.get(_ALLOWED) != chain_id:
            raise PublicNetwork(
                f"{rpc.url} is a node of {chain_id}: tests would spend real money there. To allow it: {_ALLOWED}={chain_id}"
            )
        self.capabilities = Capabilities(
            snapshot=False,
            time_travel=rpc.knows("sandbox_fast_forward", {"delta_height": "?"}),
            patch_state=rpc.knows("sandbox_patch_state", {"records": "?"}),
            stepping=False,
            protocol_versions=None,
        )
        self._accept(rpc, status, *root_from_environment())

    def stop(self) -> None:
        """Let it go; it goes on running."""
        self._hang_up()

    def renew(self) -> None:
        """Refuse.

        :raises CapabilityMissing: always: it is somebody else's chain.
        """
        raise CapabilityMissing(f"{self.name} cannot begin again with a fresh chain: use --near-isolation=accounts")

    def log_position(self) -> None:
        """Return nothing: its log is elsewhere."""

    def log_since(self, position: Any) -> str:  # noqa: ARG002 - the interface's
        """Return nothing: its log is elsewhere."""
        return ""


def _wake(rpc: Rpc) -> None:
    """Ask a chain that stands at its genesis for a block: an embedded node in another process makes none before it is used."""
    with contextlib.suppress(NodeUnreachable, RpcError):  # one that is no sandbox, or still starts, makes them by itself
        sync = rpc.status(timeout_s=2.0)["sync_info"]
        if int(sync["latest_block_height"]) <= int(sync.get("earliest_block_height") or 0):
            rpc.call("sandbox_fast_forward", {"delta_height": 1})


def refuse_public_host(url: str) -> None:
    """Refuse the address of a public network before anything is sent to it.

    :raises PublicNetwork: unless ``NEAR_HARNESS_ALLOW_CHAIN`` is set; the chain itself is looked at later.
    """
    host = urlsplit(url).hostname or ""
    if _PUBLIC_HOST.search(host) and not os.environ.get(_ALLOWED):
        raise PublicNetwork(
            f"{host} looks like a node of a public network, where tests would spend real money. "
            f"To allow it, name the chain: {_ALLOWED}=testnet"
        )


def root_from_environment() -> tuple[str, KeyPair]:
    """Return the root account and its key.

    :raises InvalidSetting: where the key cannot be read.
    """
    account = os.environ.get("NEAR_HARNESS_ROOT_ACCOUNT", "")
    key = os.environ.get("NEAR_HARNESS_ROOT_KEY", "")
    if not key:
        return account or _ROOT, KeyPair.from_seed(account or _ROOT)
    try:
        if key.startswith("ed25519:"):
            return account or _ROOT, KeyPair.from_secret_key(key)
        found = json.loads(Path(key).expanduser().read_bytes())
        secret = found.get("secret_key") or found["private_key"]
        return account or str(found.get("account_id") or _ROOT), KeyPair.from_secret_key(str(secret))
    except (OSError, ValueError, KeyError, AttributeError, BadInput) as error:
        reason = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: no account_id and secret_key in it"
        shown = "the value" if isinstance(error, BadInput) else key
        raise InvalidSetting(
            f"NEAR_HARNESS_ROOT_KEY: {shown} is neither 'ed25519:…' nor a key file that can be read ({reason})"
        ) from None
