"""What travels to a worker: the chain as bytes, and Python objects whose handles come alive on the worker's own chain."""

from __future__ import annotations

import io
import pickle
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn

import cloudpickle

from near_harness.campaign.errors import CampaignError
from near_harness.errors import BadInput
from near_harness.near import Near
from near_harness.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_here = threading.local()


@dataclass(frozen=True)
class Luggage:
    """A chain, and what is to be done with it. ``content`` is pickled, so that it is unpacked where the chain is there."""

    chain: bytes
    protocol_version: int
    content: bytes
    version: str = __version__

    def check(self) -> None:
        """See to it that both ends are of one version.

        :raises CampaignError: where they are not.
        """
        if self.version != __version__:
            raise CampaignError(
                f"a worker has near-harness {__version__}, and the campaign comes from {self.version}: "
                "install the same version on all workers"
            )


def pack(near: Near, content: Any) -> Luggage:
    """Take the chain as it is now, and an object that may hold functions, accounts and contracts.

    :raises BadInput: where a part of the object cannot travel, such as an open file.
    :raises CapabilityMissing: on nodes other than the embedded one.
    """
    chain = near.dump()
    packed = io.BytesIO()
    try:
        _Packer(packed).dump(content)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise BadInput(f"this cannot be sent to workers: {error}") from None
    return Luggage(chain, near.node.protocol_version, packed.getvalue())


def unpack(luggage: Luggage, near: Near | None = None) -> Any:
    """Return the object again; handles in it are those of ``near``."""
    with _on(near):
        return pickle.loads(luggage.content)  # noqa: S301 - from the campaign's own process


class _Packer(cloudpickle.Pickler):  # type: ignore[misc] # untyped
    """Leaves the façade behind: accounts, contracts and calls are those of the chain where they are unpacked."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, Near):
            return _near_of_here, ()
        if isinstance(value, CodeType):
            # Else the lines of a check that fails on a worker could not be shown: cloudpickle leaves out where they are.
            return _in_its_file, (*self.dispatch_table[CodeType](value), value.co_filename)
        return super().reducer_override(value)


class _NoNear:
    """Stands where a handle's façade was: such a handle has its id, and can do nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise BadInput(f".{name}: on a worker an account or contract is there to be named only; read the state that is passed in")


@contextmanager
def _on(near: Near | None) -> Iterator[None]:
    _here.near = near
    try:
        yield
    finally:
        del _here.near


def _in_its_file(make: Callable[..., CodeType], parts: tuple[Any, ...], file: str) -> CodeType:
    return make(*parts).replace(co_filename=file)


def _near_of_here() -> Any:
    near = getattr(_here, "near", None)
    return _NoNear() if near is None else near
