"""Ed25519 key pairs, in the text form that NEAR uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import base58
from nacl.signing import SigningKey

from near_harness.errors import BadInput


@dataclass(frozen=True)
class KeyPair:
    """An ed25519 key pair. ``secret_key`` never appears in a ``repr``."""

    public_key: str
    secret_key: str = field(repr=False)

    @classmethod
    def from_seed(cls, seed: str) -> KeyPair:
        """Make the key pair that nearcore makes from a test seed: its UTF-8 bytes, padded with spaces to 32 and cut there."""
        if not isinstance(seed, str):
            raise BadInput(f"{type(seed).__name__} is no seed of a key: text is needed, such as 'alice'")
        return cls._from_signing_key(SigningKey(seed.encode().ljust(32, b" ")[:32]))

    @classmethod
    def random(cls) -> KeyPair:
        """Make a key pair from the operating system's randomness."""
        return cls._from_signing_key(SigningKey.generate())

    @classmethod
    def from_secret_key(cls, secret_key: str) -> KeyPair:
        """Read ``ed25519:…``, the base58 of 64 bytes (or of the 32 bytes of the seed alone).

        :raises BadInput: where the text is none of these; the text itself is not repeated.
        """
        raw = _decoded(secret_key)
        if len(raw) not in (32, 64):
            raise BadInput("a secret key is 'ed25519:' and the base58 of 64 bytes; only ed25519 keys can sign here")
        return cls._from_signing_key(SigningKey(raw[:32]))

    @classmethod
    def _from_signing_key(cls, key: SigningKey) -> KeyPair:
        public = key.verify_key.encode()
        return cls(
            f"ed25519:{base58.b58encode(public).decode()}",
            f"ed25519:{base58.b58encode(key.encode() + public).decode()}",
        )

    @cached_property
    def raw(self) -> bytes:
        """The 64 bytes of seed and public key, as py-near signs with them."""
        return base58.b58decode(self.secret_key.removeprefix("ed25519:"))


def public_key_bytes(public_key: str | KeyPair) -> bytes:
    """Return the 32 bytes of an ed25519 public key, ``ed25519:…``; of a pair those of its public half.

    :raises BadInput: where it is neither.
    """
    if isinstance(public_key, KeyPair):
        public_key = public_key.public_key
    raw = _decoded(public_key) if isinstance(public_key, str) else b""
    if len(raw) != 32:
        raise BadInput(f"public key {public_key!r}: write 'ed25519:' and the base58 of 32 bytes; other kinds cannot be sent here")
    return raw


def hash_bytes(text: str) -> bytes | None:
    """Return the 32 bytes of a hash in base58, as nearcore writes one; None for any other text, such as an account id."""
    if text == text.lower():  # an account id; of 10**10 hashes one has no capital letter
        return None
    raw = _decoded(text)
    return raw if len(raw) == 32 else None


_LENGTHS = {"ed25519": 32, "secp256k1": 64, "ml-dsa-65": 1952, "ml-dsa-65-hash": 32}
"""How many bytes a public key of each kind has (nearcore: ``KeyType``, ``PublicKeyHandle``)."""


def public_key_text(public_key: str | KeyPair) -> str:
    """Return a public key of any kind that a chain can hold as nearcore writes it, with its kind; of a pair its public half.

    :raises BadInput: where it is neither.
    """
    if isinstance(public_key, KeyPair):
        return public_key.public_key
    if not isinstance(public_key, str):
        raise BadInput(f"{public_key!r} is neither a key pair nor a public key, such as 'ed25519:…'")
    kind, _, text = public_key.rpartition(":")
    kind = kind.lower() or "ed25519"
    length = len(_from_base58(text))
    if kind == "ed25519" and length == 64:
        raise BadInput("a secret key is given where a public key is wanted: take key.public_key")
    if length != _LENGTHS.get(kind):
        others = ", ".join(f"{name!r} and {bytes_}" for name, bytes_ in list(_LENGTHS.items())[1:3])
        raise BadInput(f"public key {public_key!r}: write 'ed25519:' and the base58 of 32 bytes (there are also {others})")
    return f"{kind}:{text}"


def _decoded(key: str) -> bytes:
    """The bytes of a key's base58; none where it is of another kind, or no base58."""
    kind, _, text = key.rpartition(":")
    return _from_base58(text) if kind in ("", "ed25519") else b""


def _from_base58(text: str) -> bytes:
    try:
        return base58.b58decode(text)
    except ValueError:
        return b""
