"""Whether a value fits the JSON schema (draft 7) that a contract's ABI gives for an argument, at any depth."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

_SHOWN = 80
_BASE64 = "base64"
_ENDLESS = 32
"""Types that refer to types: no argument is nested deeper."""


def corrected(definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Say of near-sdk's ``Base64VecU8`` what it takes in JSON, which is text; its own ABI says that it is a list of numbers."""
    found = dict(definitions)
    if "Base64VecU8" in found:
        found["Base64VecU8"] = {**found["Base64VecU8"], "type": "string", "contentEncoding": _BASE64}
        found["Base64VecU8"].pop("items", None)
    return found


def with_text_for_bytes(value: Any, schema: Any, definitions: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value with base64 in place of bytes, wherever the schema says that the contract takes that."""
    if not isinstance(schema, Mapping) or depth > _ENDLESS:
        return value

    def inside(part: Any, its_schema: Any) -> Any:
        return with_text_for_bytes(part, its_schema, definitions, depth + 1)

    if "$ref" in schema:
        return inside(value, definitions.get(str(schema["$ref"]).rpartition("/")[2]))
    for name in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(name) or ():
            value = inside(value, part)
    if isinstance(value, (bytes, bytearray)) and schema.get("contentEncoding") == _BASE64:
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        known, others = schema.get("properties"), schema.get("additionalProperties")
        known = known if isinstance(known, Mapping) else {}
        return {key: inside(part, known.get(key, others)) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        items = schema.get("items")
        return [
            inside(part, items[at] if isinstance(items, list) and at < len(items) else items) for at, part in enumerate(value)
        ]
    return value


def schema_of(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return what checks values by a schema, to be given to :func:`misfit`; None for a schema that says nothing."""
    if not isinstance(schema, Mapping) or not schema:
        return None
    validators, formats = _validators()
    return validators({**schema, "definitions": dict(definitions)}, format_checker=formats)


def misfit(value: Any, validator: Any) -> str | None:
    """Say where and why a JSON value does not fit: ``"[0].price is 5, but the contract takes string"``. None where it fits.

    A schema that never ends, or is none, refuses nothing: the contract decides then.
    """
    if validator is None:
        return None
    import jsonschema  # noqa: PLC0415 - only contracts with an ABI need it

    try:
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    except Exception:  # noqa: BLE001 - of a schema that is none it raises whatever comes, such as re.error of a pattern of Rust's
        return None
    return None if error is None else _text(error)


@lru_cache(maxsize=1)
def _validators() -> Any:
    """Draft 7, but 1.0 is no integer, and one of Rust's types has its bounds: the contract's own reader refuses them."""
    import jsonschema  # noqa: PLC0415

    draft = jsonschema.Draft7Validator
    strict = draft.TYPE_CHECKER.redefine("integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool))
    formats = jsonschema.FormatChecker(formats=())
    for bits in (8, 16, 32, 64, 128):
        for name, least, most in (("uint", 0, 2**bits), ("int", -(2 ** (bits - 1)), 2 ** (bits - 1))):
            formats.checks(f"{name}{bits}")(partial(_within, least, most))
    return jsonschema.validators.extend(draft, type_checker=strict), formats


def _within(least: int, most: int, value: object) -> bool:
    return not isinstance(value, int) or least <= value < most


def _text(error: Any) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    shown = repr(error.instance)
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    return f"{place} is {shown}, but the contract takes {_wanted(error)}"


def _wanted(error: Any) -> str:
    rule = error.validator_value
    if error.validator == "type":
        return " or ".join(sorted([rule] if isinstance(rule, str) else rule))
    if error.validator in ("enum", "const"):
        return "one of " + ", ".join(map(repr, rule)) if error.validator == "enum" else repr(rule)
    if error.validator in ("anyOf", "oneOf"):
        kinds = sorted(
            {
                str(part.get("type", part.get("$ref", "").rpartition("/")[2] or "another form"))
                for part in rule
                if isinstance(part, Mapping)
            }
        )
        return " or ".join(kinds)
    if error.validator == "required":
        missing = next(name for name in rule if name not in error.instance)
        return f"a value with the field {missing!r}"
    if error.validator in ("minimum", "format"):
        return f"{rule:g} or more" if error.validator == "minimum" else str(rule)
    return f"a value with {error.validator} {rule!r}"
