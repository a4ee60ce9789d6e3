"""Money and gas: exact, with their unit, and refused where a unit would be guessed."""

from __future__ import annotations

import operator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis.vendor.pretty import pretty

from near_harness.errors import InvalidAmount
from near_harness.units import NEAR, Amount, Gas, TGas, to_amount, to_gas, yocto


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (NEAR(10), 10 * 10**24),
        (NEAR("1.5"), 15 * 10**23),
        (NEAR("0.000000000000000000000001"), 1),
        (NEAR(Decimal("0.1")), 10**23),
        (yocto(1), 1),
        (yocto("340282366920938463463374607431768211455"), 2**128 - 1),
        (TGas(30), 30 * 10**12),
        (TGas("0.5"), 5 * 10**11),
        (to_amount("1.5 NEAR"), 15 * 10**23),
        (to_amount("1_000 near"), 10**27),
        (to_amount("7yoctoNEAR"), 7),
        (to_amount("20 milliNEAR"), 2 * 10**22),
        (to_gas("30 Tgas"), 30 * 10**12),
        (to_amount("2 N"), 2 * 10**24),
        (to_gas("5 Ggas"), 5 * 10**9),
        (to_gas(TGas(7)), 7 * 10**12),
    ],
)
def test_reads_exactly(given: int, expected: int) -> None:
    assert int(given) == expected


@pytest.mark.parametrize("value", [1.5, "-1", -1, "one", "", "1e", "nan", "inf", True, None, "0.0000000000000000000000001"])
def test_refuses_floats_negatives_and_what_is_no_number(value: object) -> None:
    with pytest.raises(InvalidAmount):
        NEAR(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [10, "10", "10 USD", "-1 NEAR", "NEAR", 1.0, "1.5 yocto", Amount(-1)])
def test_refuses_money_without_a_unit_or_negative(value: object) -> None:
    with pytest.raises(InvalidAmount):
        to_amount(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [10, "10", "10 NEAR", "-1 Tgas", "Tgas", 1.0, "1.5 gas", Gas(-1)])
def test_refuses_gas_without_a_unit_or_negative(value: object) -> None:
    with pytest.raises(InvalidAmount):
        to_gas(value)  # type: ignore[arg-type]


def test_says_what_to_write_instead() -> None:
    with pytest.raises(InvalidAmount, match=r'10 has no unit: write an amount such as NEAR\("1.5"\), yocto\(1\) or "1.5 NEAR"'):
        to_amount(10)  # type: ignore[arg-type]
    with pytest.raises(InvalidAmount, match="an amount cannot be negative"):
        to_amount("-3 NEAR")
    with pytest.raises(InvalidAmount, match=r"'\d+ gallons' cannot be read: write gas such as TGas\(30\)"):
        to_gas("30 gallons")


def test_prints_with_the_unit() -> None:
    assert str(NEAR("1.5")) == "1.5 NEAR"
    assert str(yocto(1)) == "1 yoctoNEAR"
    assert repr(NEAR(10)) == 'NEAR("10")'
    assert repr(yocto(12)) == "yocto(12)"
    assert str(TGas("0.3")) == "0.3 Tgas"
    assert repr(TGas(3)) == 'TGas("3")'
    assert str(NEAR(1) - NEAR(3)) == "-2 NEAR"
    assert NEAR("0.0002231825625").short == "~0.00022 NEAR"
    assert NEAR("0.25").short == "0.25 NEAR"
    assert TGas("2.4281").short == "~2.43 Tgas"
    assert (NEAR(1) - NEAR("3.000001")).signed == "~-2 NEAR"
    assert NEAR("0.00004").signed == "+0.00004 NEAR"
    assert NEAR("0.0000051").signed == "~+0.00001 NEAR"
    assert yocto(7).signed == "+7 yoctoNEAR"
    assert NEAR("0.000004").short == "0.000004 NEAR"  # which five decimals would make nothing
    assert TGas("0.004").short == "0.004 Tgas"
    assert TGas(0).short == "0 Tgas"


def test_a_tiny_amount_is_printed_in_the_smallest_unit() -> None:
    assert (str(yocto(10**12 - 1)), str(yocto(10**12))) == ("999999999999 yoctoNEAR", "0.000000000001 NEAR")
    assert (str(Gas(10**6 - 1)), str(Gas(10**6))) == ("999999 gas", "0.000001 Tgas")


def test_rounding_makes_nothing_of_no_amount() -> None:
    assert (NEAR("0.000005").short, NEAR("0.0000050001").short) == ("0.000005 NEAR", "~0.00001 NEAR")
    assert (TGas("0.005").short, TGas("0.005001").short) == ("0.005 Tgas", "~0.01 Tgas")
    assert ((-yocto(7)).signed, (-NEAR("0.000005")).signed) == ("-7 yoctoNEAR", "-0.000005 NEAR")
    assert Amount(0).signed == "0 NEAR", "no change has no sign"


@pytest.mark.parametrize("value", ["9" * 130, "0.1" + "0" * 130 + "1", "1e999999999", "1e-999999999", Decimal("1e999999")])
def test_digits_are_never_lost_silently(value: str | Decimal) -> None:
    with pytest.raises(InvalidAmount, match="more digits than any amount has"):
        NEAR(value)


def test_keeps_units_apart() -> None:
    assert NEAR(1) + NEAR("0.5") == NEAR("1.5")
    assert sum([NEAR(1), NEAR(2)]) == NEAR(3)
    assert 2 * NEAR(1) == NEAR(2)
    assert isinstance(NEAR(1) - NEAR(1), Amount)
    assert 0 - NEAR(1) == -NEAR(1) and NEAR(1) - 0 == NEAR(1)
    assert isinstance(-NEAR(1), Amount) and isinstance(abs(-NEAR(1)), Amount) and abs(-NEAR(1)) == NEAR(1)
    assert Amount(5) != Gas(5)
    with pytest.raises(TypeError, match="different units"):
        NEAR(1) + TGas(1)
    with pytest.raises(TypeError, match="different units"):
        NEAR(1) + TGas(0)
    with pytest.raises(TypeError, match="different units"):
        NEAR(1) + 1
    with pytest.raises(TypeError, match="whole number"):
        NEAR(1) * NEAR(1)


@pytest.mark.parametrize(
    "text", ["1,5 NEAR", "1,50 NEAR", "1.000,5 NEAR", "1,5000 NEAR", ",5 NEAR", "12,34,567 NEAR", "1000,000 NEAR"]
)
def test_refuses_a_comma_that_may_have_been_meant_as_a_point(text: str) -> None:
    with pytest.raises(
        InvalidAmount, match=r"a comma stands between groups of three digits only \(1,000\), a point before decimals"
    ):
        to_amount(text)


def test_millions_are_not_taken_for_thousandths() -> None:
    assert to_amount("3 mNEAR") == to_amount("3 mnear") == NEAR("0.003")
    for text in ("3 MNEAR", "3 Mnear"):
        with pytest.raises(InvalidAmount, match="thousandth of a NEAR; for millions write them out"):
            to_amount(text)


def test_reads_groups_of_three_digits() -> None:
    assert to_amount("1,000 NEAR") == NEAR(1000)
    assert to_amount("12,345,678.5 NEAR") == NEAR("12345678.5")


@pytest.mark.parametrize("value", [1.7, 1e24, Decimal("1.5"), "1.5", "much", None, b"1"])
def test_makes_no_quantity_of_what_is_no_whole_number(value: object) -> None:
    for kind in (Amount, Gas):
        with pytest.raises(InvalidAmount, match="give a whole number"):
            kind(value)  # type: ignore[arg-type]


def test_orders_its_own_kind_only() -> None:
    assert NEAR(1) < NEAR(2) and NEAR(1) <= NEAR(1) and NEAR(2) > NEAR(1) and NEAR(2) >= NEAR(2)
    assert NEAR(1) > 0 and operator.lt(0, NEAR(1)) and not NEAR(0) > 0 and NEAR(0) >= 0 and NEAR(0) <= 0 and not NEAR(0) < 0
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        for one, other in ((NEAR(1), 5), (5, NEAR(1)), (NEAR(1), TGas(1)), (TGas(1), NEAR(1)), (TGas(1), 1)):
            with pytest.raises(TypeError, match="have different units"):
                compare(one, other)
    with pytest.raises(TypeError, match=r"5 has none: write NEAR\(…\), yocto\(…\)"):
        _ = NEAR(1) > 5


def test_divides_without_floats() -> None:
    assert NEAR(10) // 4 == NEAR("2.5") and isinstance(NEAR(10) // 3, Amount)
    assert NEAR(10) // NEAR(3) == 3 and not isinstance(NEAR(10) // NEAR(3), Amount)
    assert NEAR(10) % NEAR(3) == NEAR(1) and isinstance(NEAR(10) % 3, Amount)
    assert divmod(NEAR(10), NEAR(3)) == (3, NEAR(1)) and divmod(TGas(7), 2) == (TGas("3.5"), Gas(0))
    assert NEAR(1) / NEAR(4) == Fraction(1, 4)
    assert +NEAR(1) == NEAR(1) and isinstance(+NEAR(1), Amount)
    with pytest.raises(TypeError, match=r'would be a float, which loses digits: write NEAR\("1"\) // 2'):
        _ = NEAR(1) / 2
    for other in (TGas(1), 0.5):
        for divide in (operator.floordiv, operator.mod):
            with pytest.raises(TypeError, match="by a whole number or by its own kind"):
                divide(NEAR(1), other)


def test_formats_with_the_unit_and_never_as_a_float() -> None:
    assert f"{NEAR(1)}|{NEAR(1):>8}|{TGas(3):<8}|" == "1 NEAR|  1 NEAR|3 Tgas  |"
    assert f"{yocto(1234):,} {Gas(1234):d} {Gas(255):x} {yocto(1234):_}" == "1,234 1234 ff 1_234"
    for form in (".2f", "e", "E", "F", "%", "g", "G"):
        with pytest.raises(InvalidAmount, match="would lose digits"):
            format(NEAR(1), form)


def test_is_as_many_of_the_smallest_unit_as_a_contract_says() -> None:
    """Contracts answer with bare numbers of yoctoNEAR; and sets and dicts ask for equality of whatever they hold."""
    assert NEAR(1) == 10**24 and NEAR(1) != 1 and NEAR(0) == 0 and not operator.ne(10**24, NEAR(1))
    assert {10**24: "one"}[NEAR(1)] == "one" and NEAR(1) in [1, 10**24] and {NEAR(1)} == {10**24}
    assert len({Amount(5), Gas(5)}) == 2


def test_hypothesis_prints_it_with_its_unit() -> None:
    assert pretty([NEAR(3), yocto(1), TGas(5)]) == '[NEAR("3"), yocto(1), TGas("5")]'
    assert pretty([Amount, Gas]) == "[near_harness.units.Amount, near_harness.units.Gas]"
