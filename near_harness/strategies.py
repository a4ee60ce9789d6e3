"""Hypothesis strategies: accounts, account ids, money, gas, and arguments and calls from a contract's ABI.

Needs ``near-harness[hypothesis]``.
"""

from __future__ import annotations

import base64
import string
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from near_harness.accounts import Account, Contract
from near_harness.contract.abi import Method
from near_harness.errors import BadInput
from near_harness.transactions import Call
from near_harness.units import NEAR, Amount, AmountLike, Gas, GasLike, TGas, to_amount, to_gas

_BITS = {"uint8": (0, 8), "uint16": (0, 16), "uint32": (0, 32), "uint64": (0, 64), "uint128": (0, 128), "uint": (0, 64)}
_SIGNED = {"int8": 8, "int16": 16, "int32": 32, "int64": 64, "int128": 128}
_DECIMALS = {"U64": 64, "U128": 128, "NearToken": 128, "NearGas": 64, "Gas": 64, "Balance": 128}
"""Types of near-sdk that are decimal numbers in strings."""
_WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
_MORE = st.lists(st.tuples(st.sampled_from("-_"), _WORD).map("".join), max_size=2).map("".join)
# Not a regular expression: texts that follow one take half as long again to make.
_ID_PART = st.tuples(_WORD, _MORE).map("".join)


def amounts(least: AmountLike = Amount(0), most: AmountLike = NEAR(100)) -> SearchStrategy[Amount]:
    """Money in yoctoNEAR, from ``least`` to ``most``; whole NEAR and the ends come often, as mistakes are made there."""
    low, high = to_amount(least), to_amount(most)
    whole = st.integers(-(-low // NEAR(1)), high // NEAR(1)).map(NEAR) if high // NEAR(1) >= -(-low // NEAR(1)) else st.nothing()
    return st.one_of(st.integers(int(low), int(high)).map(Amount), whole, st.sampled_from((Amount(low), Amount(high))))


def gas(least: GasLike = TGas(1), most: GasLike = TGas(300)) -> SearchStrategy[Gas]:
    """Gas for a call."""
    return st.integers(int(to_gas(least)), int(to_gas(most))).map(Gas)


def account_ids(*, below: object = None) -> SearchStrategy[str]:
    """Valid account ids, of 2 to 64 characters: of any depth, or directly ``below`` an account."""
    if below is not None:
        return _ID_PART.map(lambda part: f"{part}.{below}").filter(lambda name: len(name) <= 64)
    parts = st.lists(_ID_PART, min_size=1, max_size=3).map(".".join)
    return parts.filter(lambda name: 2 <= len(name) <= 64)


def accounts(*choices: Account) -> SearchStrategy[Account]:
    """One of the accounts; the first is the simplest."""
    return st.sampled_from(choices)


def arguments(
    contract: Contract, method: str, *, account_ids_from: Sequence[object] = (), given: Mapping[str, Any] | None = None
) -> SearchStrategy[dict[str, Any]]:
    """Arguments of a method, as its ABI describes them; those that are ``given`` (values, or strategies) are not made up.

    Account ids are any valid ones, or those of ``account_ids_from``.

    :raises BadInput: where the contract has no ABI that describes the method.
    """
    known = contract.interface.method(method, contract.id)
    if known.parameters is None:
        raise BadInput(f"{contract.id}.{method}: its ABI does not describe the arguments, so none can be made up")
    ids = st.sampled_from([str(one) for one in account_ids_from]) if account_ids_from else account_ids()
    return _arguments(known, _Schemas(contract.interface.definitions, ids), dict(given or {}))


def calls(contract: Contract, *methods: str, by: SearchStrategy[Account], **of_arguments: Any) -> SearchStrategy[Call]:
    """Calls of the methods (all that change state, where none is named), signed by accounts of ``by``.

    ``of_arguments`` are :func:`arguments`' own.
    """
    described = contract.interface.methods or {}
    names = methods or tuple(
        name for name, known in described.items() if known.view is False and known.parameters is not None and not known.modifiers
    )
    if not names:
        raise BadInput(f"{contract.id} has no ABI that says which methods change state: name them")
    return st.one_of(*(_calls(contract, name, by, of_arguments) for name in names))


def _calls(contract: Contract, name: str, by: SearchStrategy[Account], of_arguments: dict[str, Any]) -> SearchStrategy[Call]:
    made = arguments(contract, name, **of_arguments)
    return st.builds(lambda values, signer: contract.call(name, values).by(signer).taken(), made, by)


def _arguments(method: Method, schemas: _Schemas, given: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    required: dict[str, SearchStrategy[Any]] = {}
    optional: dict[str, SearchStrategy[Any]] = {}
    for parameter in method.parameters or ():
        if parameter.name in given:
            value = given[parameter.name]
            required[parameter.name] = value if isinstance(value, SearchStrategy) else st.just(value)
        else:
            (optional if parameter.optional else required)[parameter.name] = schemas.strategy(parameter.schema)
    return st.fixed_dictionaries(required, optional=optional)


class _Schemas:
    """The JSON schemas of one ABI as strategies."""

    def __init__(self, definitions: Mapping[str, Any], ids: SearchStrategy[str]) -> None:
        self._definitions, self._ids = definitions, ids
        self._known: dict[str, SearchStrategy[Any]] = {}

    def strategy(self, schema: Any) -> SearchStrategy[Any]:  # noqa: PLR0911 - a form of a schema each
        """Values that a schema allows."""
        if not isinstance(schema, dict) or not schema:
            return st.none() | st.booleans() | st.integers(0, 2**53) | st.text(max_size=8)
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return st.one_of(*(self.strategy(part) for part in schema[several]))
        if len(schema.get("allOf", ())) == 1:
            return self.strategy(schema["allOf"][0])
        kind = schema.get("type")
        if isinstance(kind, list):
            return st.one_of(*(self.strategy({**schema, "type": one}) for one in kind))
        return self._of_type(kind, schema)

    def _named(self, name: str) -> SearchStrategy[Any]:
        if name == "AccountId":
            return self._ids
        if name in _DECIMALS:
            return st.integers(0, 2 ** _DECIMALS[name] - 1).map(str)
        if name not in self._known:
            self._known[name] = st.deferred(lambda: self.strategy(self._definitions.get(name)))
        return self._known[name]

    def _of_type(self, kind: object, schema: dict[str, Any]) -> SearchStrategy[Any]:  # noqa: PLR0911 - a type each
        if kind == "null":
            return st.none()
        if kind == "boolean":
            return st.booleans()
        if kind == "integer":
            return st.integers(*_bounds(schema))
        if kind == "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        if kind == "array":
            return self._array(schema)
        if kind == "object":
            return self._object(schema)
        if schema.get("contentEncoding") == "base64":
            return st.binary(max_size=24).map(lambda content: base64.b64encode(content).decode())
        if str(schema.get("description", "")).startswith("NEAR Account Identifier"):
            return self._ids  # near-sdk writes the type out where it is used
        return st.text(max_size=int(schema.get("maxLength", 32)), min_size=int(schema.get("minLength", 0)))

    def _array(self, schema: dict[str, Any]) -> SearchStrategy[Any]:
        items = schema.get("items")
        if isinstance(items, list):
            return st.tuples(*(self.strategy(item) for item in items)).map(list)
        least = int(schema.get("minItems", 0))
        most = int(schema.get("maxItems", max(8, least)))
        return st.lists(self.strategy(items), min_size=least, max_size=most, unique=bool(schema.get("uniqueItems")))

    def _object(self, schema: dict[str, Any]) -> SearchStrategy[Any]:
        fields = {name: self.strategy(part) for name, part in schema.get("properties", {}).items()}
        wanted = set(schema.get("required", ()))
        if not fields and isinstance(schema.get("additionalProperties"), dict):
            return st.dictionaries(st.text(max_size=8), self.strategy(schema["additionalProperties"]), max_size=4)
        return st.fixed_dictionaries(
            {name: made for name, made in fields.items() if name in wanted},
            optional={name: made for name, made in fields.items() if name not in wanted},
        )


def _bounds(schema: dict[str, Any]) -> tuple[int, int]:
    form = str(schema.get("format", ""))
    if form in _SIGNED:
        low, high = -(2 ** (_SIGNED[form] - 1)), 2 ** (_SIGNED[form] - 1) - 1
    else:
        low, high = 0, 2 ** _BITS.get(form, (0, 53))[1] - 1
    return max(low, int(schema.get("minimum", low))), min(high, int(schema.get("maximum", high)))
