"""Keys in NEAR's text form."""

from __future__ import annotations

import pytest

from near_harness import NEAR, actions
from near_harness.errors import BadInput
from near_harness.keys import KeyPair, public_key_bytes


def test_a_seed_gives_the_key_that_nearcore_gives() -> None:
    # As a nearcore sandbox node reported it for an account whose key was made from its name as the seed.
    assert KeyPair.from_seed("alice.sandbox").public_key == "ed25519:6v3TpLocZzA3fFoFheLHfSxUe5V4nDKGZkdPXEntyPXm"
    assert KeyPair.from_seed("alice").public_key == KeyPair.from_seed("alice" + " " * 27).public_key


def test_a_secret_key_gives_the_same_pair_back() -> None:
    pair = KeyPair.random()
    assert KeyPair.from_secret_key(pair.secret_key) == pair
    assert len(pair.raw) == 64


def test_the_secret_stays_out_of_the_repr() -> None:
    pair = KeyPair.from_seed("alice")
    assert pair.secret_key.removeprefix("ed25519:") not in repr(pair)


@pytest.mark.parametrize("text", ["", "ed25519:xyz0", "secp256k1:" + "1" * 64, "ed25519:" + "1" * 10])
def test_refuses_what_is_no_key_without_repeating_it(text: str) -> None:
    with pytest.raises(BadInput, match="a secret key is") as refused:
        KeyPair.from_secret_key(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize("text", ["", "ed25519:xyz0", "ed25519:abc", "secp256k1:" + "1" * 64, "clé", None])
def test_an_action_refuses_what_is_no_public_key(text: str) -> None:
    refused = pytest.raises(BadInput, match="write 'ed25519:' and the base58 of 32 bytes")
    with refused:
        actions.add_full_access_key(text)
    with refused:
        actions.add_function_call_key(text, "bob.sandbox")
    with refused:
        actions.delete_key(text)
    with refused:
        actions.stake(NEAR(1), text)


def test_a_public_key_is_read_with_and_without_its_kind() -> None:
    pair = KeyPair.from_seed("alice")
    assert public_key_bytes(pair.public_key) == public_key_bytes(pair.public_key.removeprefix("ed25519:")) == pair.raw[32:]
