"""Whether a value fits the JSON schema (draft 7) that a contract's ABI gives for an argument, at any depth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_SHOWN = 80


def schema_of(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return what checks values by a schema, to be given to :func:`misfit`; None for a schema that says nothing."""
    if not isinstance(schema, Mapping) or not schema:
        return None
    return _validators()({**schema, "definitions": dict(definitions)})


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
    """Draft 7, but 1.0 is no integer: the contract's own reader refuses it."""
    import jsonschema  # noqa: PLC0415

    draft = jsonschema.Draft7Validator
    strict = draft.TYPE_CHECKER.redefine("integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool))
    return jsonschema.validators.extend(draft, type_checker=strict)


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
    return f"a value with {error.validator} {rule!r}"
