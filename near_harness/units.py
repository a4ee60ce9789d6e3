"""Amounts of money and of gas, exact and printed with their unit.

NEAR is counted in yoctoNEAR (10**-24 NEAR), gas in units of which one teragas (Tgas) is 10**12. Both fit no float, so
floats are refused, and so are bare integers where a unit would be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from near_harness.errors import InvalidAmount

if TYPE_CHECKING:
    from typing_extensions import Self

_FLOAT_FORMS = tuple("eEfFgG%")
_WHOLE_FORMS = tuple(",_bdnoxX")


class _PrettyRepr:
    """Print as ``repr()`` in IPython, and in Hypothesis, which else compares every whole number with a bare one.

    A class has no such method, only its instances: Hypothesis would call it for the class as well.
    """

    def __get__(self, quantity: _Quantity | None, _kind: object) -> Callable[[Any, bool], None] | None:
        return None if quantity is None else lambda printer, _cycle: printer.text(repr(quantity))


class _Quantity(int):
    """An integer with a unit: added, subtracted, put in order and divided with its own kind only, zero excepted.

    Divided by a whole number (``//``) it stays what it is, by its own kind it gives a number. Python's ``/`` would give a float.
    """

    __slots__ = ()
    _WANTED: ClassVar[str]

    def __new__(cls, value: int | str) -> Self:
        if isinstance(value, int):
            return int.__new__(cls, value)
        try:
            return int.__new__(cls, value if isinstance(value, str) else "")
        except ValueError:
            raise InvalidAmount(f"{cls.__name__}({value!r}): give a whole number (floats lose digits)") from None

    def _same(self, other: object) -> int:
        if isinstance(other, type(self)) or (isinstance(other, int) and not isinstance(other, _Quantity) and other == 0):
            return int(other)
        if isinstance(other, int) and not isinstance(other, (_Quantity, bool)):
            raise TypeError(f"{self!r} and {other!r} have different units: {other!r} has none: {self._WANTED}")
        raise TypeError(f"{self!r} and {other!r} have different units")

    def _parts(self, parts: int) -> int:
        if isinstance(parts, _Quantity) or not isinstance(parts, int):
            raise TypeError(f"{self!r} can be divided by a whole number or by its own kind, not by {parts!r}")
        return parts

    def __add__(self, other: int) -> Self:
        return type(self)(int(self) + self._same(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> Self:
        return type(self)(int(self) - self._same(other))

    def __rsub__(self, other: int) -> Self:
        return type(self)(self._same(other) - int(self))

    def __mul__(self, other: int) -> Self:
        if isinstance(other, _Quantity) or not isinstance(other, int):
            raise TypeError(f"{self!r} can be multiplied by a whole number only, not by {other!r}")
        return type(self)(int(self) * other)

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> Any:
        if isinstance(other, type(self)):
            return int(self) // int(other)
        return type(self)(int(self) // self._parts(other))

    def __mod__(self, other: int) -> Self:
        return type(self)(int(self) % (int(other) if isinstance(other, type(self)) else self._parts(other)))

    def __divmod__(self, other: int) -> tuple[Any, Self]:
        return self // other, self % other

    def __truediv__(self, other: int) -> Any:
        if isinstance(other, type(self)):
            return Fraction(int(self), int(other))
        raise TypeError(f"{self!r} / {other!r} would be a float, which loses digits: write {self!r} // {other!r}")

    def __lt__(self, other: int) -> bool:
        return int(self) < self._same(other)

    def __le__(self, other: int) -> bool:
        return int(self) <= self._same(other)

    def __gt__(self, other: int) -> bool:
        return int(self) > self._same(other)

    def __ge__(self, other: int) -> bool:
        return int(self) >= self._same(other)

    def __pos__(self) -> Self:
        return self

    def __neg__(self) -> Self:
        return type(self)(-int(self))

    def __abs__(self) -> Self:
        return type(self)(abs(int(self)))

    def __hash__(self) -> int:
        return int.__hash__(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Quantity) and type(other) is not type(self):
            return False
        return int.__eq__(self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other

    _repr_pretty_ = _PrettyRepr()

    def __format__(self, form: str) -> str:
        """As ``str()``; with a form for whole numbers (``,`` or ``d``) the bare number of the smallest unit."""
        if form[-1:] in _FLOAT_FORMS:
            raise InvalidAmount(f"{self!r} formatted as a float ({form!r}) would lose digits: leave it out, or use .short")
        return format(str(self), form) if form[-1:] not in _WHOLE_FORMS else format(int(self), form)


class Amount(_Quantity):
    """An amount of money in yoctoNEAR. ``str()`` gives NEAR, exactly; differences may be negative, payments may not."""

    __slots__ = ()
    _WANTED = "write NEAR(…), yocto(…), or Amount(…) around yoctoNEAR of a node"

    def __str__(self) -> str:
        if self != 0 and abs(int(self)) < 10**12:
            return f"{int(self)} yoctoNEAR"
        return f"{_decimal_text(int(self), 24)} NEAR"

    def __repr__(self) -> str:
        text = str(self)
        return f'NEAR("{text[:-5]}")' if text.endswith(" NEAR") else f"yocto({int(self)})"

    @property
    def short(self) -> str:
        """The amount in NEAR, rounded to five decimals and then marked with ``~``; tiny amounts exactly."""
        return self._rounded(sign="")

    @property
    def signed(self) -> str:
        """As :attr:`short`, with a ``+`` for what is positive: a change."""
        return self._rounded(sign="+" if self > 0 else "")

    def _rounded(self, sign: str) -> str:
        if 0 < abs(int(self)) <= 5 * 10**18:
            return f"{sign}{self}"
        return f"{_rounded_text(int(self), 24, 5, sign)} NEAR"


class Gas(_Quantity):
    """An amount of gas in gas units. ``str()`` gives Tgas, exactly."""

    __slots__ = ()
    _WANTED = "write TGas(…), or Gas(…) around gas units of a node"

    def __str__(self) -> str:
        if self != 0 and abs(int(self)) < 10**6:
            return f"{int(self)} gas"
        return f"{_decimal_text(int(self), 12)} Tgas"

    def __repr__(self) -> str:
        text = str(self)
        return f'TGas("{text[:-5]}")' if text.endswith(" Tgas") else f"Gas({int(self)})"

    @property
    def short(self) -> str:
        """The gas in Tgas, rounded to two decimals and then marked with ``~``; tiny amounts exactly."""
        if 0 < abs(int(self)) <= 5 * 10**9:
            return str(self)
        return f"{_rounded_text(int(self), 12, 2, '')} Tgas"


_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
AmountLike = Amount | str
GasLike = Gas | str


def NEAR(value: int | str | Decimal) -> Amount:  # noqa: N802 - the unit's own spelling
    """``value`` NEAR as an :class:`Amount` in yoctoNEAR.

    :raises InvalidAmount: for floats, negative numbers, text that is no number, and more than 24 decimals.
    """
    return Amount(_scaled(value, 24, "NEAR"))


def yocto(value: int | str) -> Amount:
    """``value`` yoctoNEAR as an :class:`Amount`.

    :raises InvalidAmount: for floats, negative and fractional numbers, and text that is no number.
    """
    return Amount(_scaled(value, 0, "yoctoNEAR"))


def TGas(value: int | str | Decimal) -> Gas:  # noqa: N802 - the unit's own spelling
    """``value`` teragas as :class:`Gas`.

    :raises InvalidAmount: for floats, negative numbers, text that is no number, and more than 12 decimals.
    """
    return Gas(_scaled(value, 12, "Tgas"))


@dataclass(frozen=True, eq=False)
class _Units:
    """How many decimals each unit has, and what to write instead of what cannot be read."""

    decimals: dict[str, int]
    wanted: str


_MONEY = _Units(
    {"near": 24, "n": 24, "yoctonear": 0, "yocto": 0, "millinear": 21, "mnear": 21},
    'an amount such as NEAR("1.5"), yocto(1) or "1.5 NEAR"',
)
_GAS = _Units({"tgas": 12, "ggas": 9, "gas": 0}, 'gas such as TGas(30) or "30 Tgas"')


def to_amount(value: AmountLike) -> Amount:
    """Read money: an :class:`Amount`, or text with a unit such as ``"1.5 NEAR"``.

    :raises InvalidAmount: where the unit is missing, or the number is negative or none.
    """
    if isinstance(value, Amount):
        return Amount(_scaled(int(value), 0, "yoctoNEAR"))
    return Amount(_with_unit(value, _MONEY))


def to_gas(value: GasLike) -> Gas:
    """Read gas: a :class:`Gas`, or text with a unit such as ``"30 Tgas"``.

    :raises InvalidAmount: where the unit is missing, or the number is negative or none.
    """
    if isinstance(value, Gas):
        return Gas(_scaled(int(value), 0, "gas"))
    return Gas(_with_unit(value, _GAS))


def _with_unit(value: object, units: _Units) -> int:
    if not isinstance(value, str):
        raise InvalidAmount(f"{value!r} has no unit: write {units.wanted}")
    return _read(value, units)


@lru_cache(maxsize=512)  # tests say the same few amounts again and again
def _read(text: str, units: _Units) -> int:
    found = re.fullmatch(r"\s*(\S+?)\s*([A-Za-z]+)\s*", text)
    if found is None or found[2].lower() not in units.decimals:
        raise InvalidAmount(f"{text!r} cannot be read: write {units.wanted}")
    if found[2].lower() == "mnear" and found[2][0] == "M":
        raise InvalidAmount(f"{text!r}: mNEAR, with a small m, is a thousandth of a NEAR; for millions write them out in NEAR")
    number = found[1]
    if "," in number and not _GROUPED.fullmatch(number):
        raise InvalidAmount(
            f"{text!r}: a comma stands between groups of three digits only (1,000), a point before decimals (1.5)"
        )
    return _scaled(number.replace("_", "").replace(",", ""), units.decimals[found[2].lower()], found[2])


def _scaled(value: object, decimals: int, unit: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise InvalidAmount(f"{value!r} {unit}: give a whole number, text or a Decimal (floats lose digits)")
    if isinstance(value, int) and value >= 0:
        return int(value * 10**decimals)
    with localcontext() as context:
        context.prec, context.traps[Inexact] = 120, True
        try:
            number = Decimal(value.strip() if isinstance(value, str) else value)
            scaled = number.scaleb(decimals) if number.is_finite() else number
        except InvalidOperation:
            raise InvalidAmount(f"{value!r} {unit}: not a number") from None
        except Inexact:
            raise InvalidAmount(f"{value!r} {unit}: more digits than any amount has") from None
        if not number.is_finite():
            raise InvalidAmount(f"{value!r} {unit}: not a number")
        if scaled < 0:
            raise InvalidAmount(f"{value!r} {unit}: an amount cannot be negative")
        if scaled != scaled.to_integral_value():
            raise InvalidAmount(f"{value!r} {unit}: at most {decimals} decimals")
        return int(scaled)


def _decimal_text(units: int, decimals: int) -> str:
    sign, digits = ("-" if units < 0 else ""), str(abs(units)).rjust(decimals + 1, "0")
    whole, fraction = digits[:-decimals], digits[-decimals:].rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _rounded_text(units: int, decimals: int, kept: int, sign: str) -> str:
    step: int = 10 ** (decimals - kept)
    rounded = round(Fraction(units, step))
    exact = rounded * step == units
    return f"{'' if exact else '~'}{sign}{_decimal_text(rounded, kept)}"
