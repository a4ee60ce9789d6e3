"""What a contract says about its methods: the ABI that cargo-near embeds, else the names of its exports.

The embedded ABI is zstd-compressed JSON (near-abi schema 0.4), returned by the method ``__contract_abi``.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from near_harness.contract.arguments import encode_arguments, plain_json
from near_harness.contract.borsh import BorshType
from near_harness.contract.json_schema import corrected, misfit, schema_of, with_text_for_bytes
from near_harness.errors import BadInput, InvalidArguments, UnknownMethod

ABI_METHOD = "__contract_abi"
_LONGEST_ABI = 16 * 1024 * 1024
_INITS = ("new", "init")
"""What initialising methods are called, where no ABI tells them apart."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method; one that takes null may be left out."""

    name: str
    optional: bool
    schema: Any = None
    """The schema of its type, where the ABI has one: a JSON schema, or a :class:`BorshType`."""


@dataclass(frozen=True)
class Method:
    """What is known of a method. ``view`` and ``parameters`` are None where only the name is known."""

    name: str
    view: bool | None = None
    parameters: tuple[Parameter, ...] | None = None
    json: bool = True
    """Whether it takes JSON; else it takes borsh."""
    doc: str = ""
    modifiers: tuple[str, ...] = ()
    definitions: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the JSON schemas of its parameters refer to."""
    returns: BorshType | None = None
    """The type of its result, where it is borsh."""
    answers: tuple[Any, ...] = ()
    """The JSON schemas of the promise results that it takes (near-sdk: ``#[callback_unwrap]`` and the like)."""

    @cached_property
    def _schemas(self) -> dict[str, Any]:
        """What checks the JSON of each parameter, by its name."""
        return {parameter.name: schema_of(parameter.schema, self.definitions) for parameter in self.parameters or ()}

    @cached_property
    def signature(self) -> str:
        """The method as one would call it; optional parameters end with ``?``."""
        if self.parameters is None:
            return f"{self.name}(…)"
        return f"{self.name}({', '.join(p.name + '?' * p.optional for p in self.parameters)})"

    def encode(self, positional: tuple[Any, ...], named: Mapping[str, Any]) -> bytes:
        """Write arguments as the method reads them: JSON, or borsh by the ABI's schemas.

        :raises InvalidArguments: for too many, unknown, missing or doubled ones, and those of a wrong type.
        """
        given = self.arguments(positional, named)
        if self.json:
            return encode_arguments(given, self.name)
        # An Option that is left out is None.
        return b"".join(
            parameter.schema.encode(given.get(parameter.name), f"{self.name}.{parameter.name}")
            for parameter in self.parameters or ()
        )

    def arguments(self, positional: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
        """Bring arguments into the form of the method.

        :raises InvalidArguments: for too many, unknown, missing or doubled ones, and those of a wrong type.
        """
        if not self.json and self.parameters is None:
            raise InvalidArguments(f"{self.name} takes borsh: give the encoded arguments as bytes, {self.name}(b'…')")
        if self.parameters is None:
            if len(positional) == 1 and isinstance(positional[0], Mapping) and not named:
                return dict(positional[0])
            if positional:
                raise InvalidArguments(
                    f"{self.name}: the contract has no ABI, so name the arguments: {self.name}(x=1), or {self.name}({{'x': 1}})"
                )
            return dict(named)
        names = [parameter.name for parameter in self.parameters]
        if len(positional) > len(names):
            raise InvalidArguments(f"{len(positional)} arguments for {self.signature}")
        given = dict(zip(names, positional, strict=False))
        twice = sorted(given.keys() & named.keys())
        if twice:
            raise InvalidArguments(f"argument {twice[0]!r} given twice for {self.signature}")
        given.update(named)
        for name in given:
            if name not in names:
                raise InvalidArguments(f"unknown argument {name!r} for {self.signature}{_near(name, names)}")
        if self.json:
            schemas = {parameter.name: parameter.schema for parameter in self.parameters}
            given = {name: with_text_for_bytes(value, schemas[name], self.definitions) for name, value in given.items()}
        self._check(self.parameters, given)
        return given

    @property
    def payable(self) -> bool | None:
        """Whether it takes a deposit (near-sdk: ``#[payable]``); None where that is not known."""
        return None if self.view is None else "payable" in self.modifiers

    def _check(self, parameters: tuple[Parameter, ...], given: Mapping[str, Any]) -> None:
        for parameter in parameters:
            if parameter.name in given and self.json:
                self._check_value(parameter, given[parameter.name])
            elif parameter.name not in given and not parameter.optional:
                raise InvalidArguments(f"missing argument {parameter.name!r} for {self.signature}")

    def _check_value(self, parameter: Parameter, value: Any) -> None:
        plain = plain_json(value, f"{self.name}.{parameter.name}")
        wrong = misfit(plain, self._schemas[parameter.name])
        if wrong is not None:
            inside = "" if wrong.startswith(" is ") else f": {parameter.name}"
            raise InvalidArguments(f"argument {parameter.name!r} of {self.signature}{inside}{wrong}")


@dataclass(frozen=True)
class Interface:
    """The methods of a contract; None where nothing is known of it, and any may be called."""

    methods: Mapping[str, Method] | None = None
    has_abi: bool = False
    definitions: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The JSON schemas that those of the parameters refer to."""

    @classmethod
    def from_exports(cls, exports: tuple[str, ...]) -> Interface:
        """Know the names only."""
        return cls({name: Method(name) for name in exports})

    @classmethod
    def from_abi(cls, compressed: bytes, exports: tuple[str, ...]) -> Interface:
        """Read the embedded ABI; exports that it leaves out are known by name.

        :raises ValueError: where it cannot be read.
        """
        import zstandard  # noqa: PLC0415 - only contracts with an ABI need it

        try:
            with zstandard.ZstdDecompressor().stream_reader(compressed) as reader:
                body = json.loads(reader.read(_LONGEST_ABI))["body"]
            definitions = corrected(body.get("root_schema", {}).get("definitions", {}))
            described = {function["name"]: _method(function, definitions) for function in body["functions"]}
        except (zstandard.ZstdError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error
        return cls({**{name: Method(name) for name in exports}, **described}, has_abi=True, definitions=definitions)

    def method(self, name: str, contract: str) -> Method:
        """Return a method by its name.

        :raises UnknownMethod: naming those that come near.
        """
        if not isinstance(name, str):
            raise UnknownMethod(f"{name!r} is no name of a method of {contract}: text is needed")
        if self.methods is None:
            return Method(name)
        found = self.methods.get(name)
        if found is not None:
            return found
        callable_names = [known for known in self.methods if not known.startswith("__")]
        near = _near(name, callable_names) or f"; it has {', '.join(sorted(callable_names)) or 'no methods'}"
        raise UnknownMethod(f"contract {contract} has no method {name!r}{near}")

    @property
    def inits(self) -> list[Method]:
        """Methods that may initialise the contract: those that the ABI says, else those of the usual names."""
        methods = (self.methods or {}).values()
        said = [method for method in methods if "init" in method.modifiers]
        return said or [method for method in methods if method.parameters is None and method.name in _INITS]

    def borsh_type(self, declaration: str, contract: str) -> BorshType:
        """Return a type that some method takes or returns in borsh.

        :raises BadInput: where none does.
        """
        types = [found for method in (self.methods or {}).values() for found in _borsh_types(method)]
        for found in types:
            if declaration in found.definitions:
                return found.named(declaration)
        known = sorted({name for found in types for name in found.definitions})
        raise BadInput(f"no method of {contract} has a borsh type {declaration!r}; there are {', '.join(known) or 'none'}")


def _borsh_types(method: Method) -> Iterator[BorshType]:
    if not method.json:
        yield from (parameter.schema for parameter in method.parameters or ())
    if method.returns is not None:
        yield method.returns


def _method(function: Mapping[str, Any], definitions: Mapping[str, Any]) -> Method:
    params = function.get("params") or {"serialization_type": "json", "args": []}
    is_json = params.get("serialization_type") == "json"
    result = function.get("result") or {}
    return Method(
        function["name"],
        view=function.get("kind") == "view",
        parameters=tuple(_parameter(arg, is_json) for arg in params.get("args", ())),
        json=is_json,
        doc=(function.get("doc") or "").strip(),
        modifiers=tuple(function.get("modifiers", ())),
        definitions=definitions,
        returns=BorshType.of(result["type_schema"]) if result.get("serialization_type") == "borsh" else None,
        answers=tuple(answer.get("type_schema") for answer in _answers(function)),
    )


def _parameter(arg: Mapping[str, Any], is_json: bool) -> Parameter:
    schema = arg.get("type_schema")
    if is_json:
        return Parameter(arg["name"], _optional(schema), schema)
    borsh = BorshType.of(schema)
    return Parameter(arg["name"], borsh.declaration.startswith("Option<"), borsh)


def _answers(function: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    several = function.get("callbacks_vec")
    return [*function.get("callbacks", ()), *([several] if several else ())]


def _optional(schema: Any) -> bool:
    if schema is True:
        return True
    if not isinstance(schema, dict):
        return False
    kind = schema.get("type")
    if kind == "null" or (isinstance(kind, list) and "null" in kind):
        return True
    return any(_optional(part) for part in schema.get("anyOf", ()))


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else ""
