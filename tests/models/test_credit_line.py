"""Limit and price by hand: the parts add up, each cap binds in its turn, and better is never worse."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.credit_line import CreditAsk, CreditLine, CreditLineSettings, suggest
from models.scorer import AdditiveModel
from tests.models.rows import make_rows, row_values

D = Decimal


def line(probability: float = 0.02, **ask: object) -> CreditLine:
    given_ = {"amount_cents": 5_000_000, "monthly_income_cents": 1_000_000, **ask}
    return suggest(probability, CreditAsk.model_validate(given_))


def test_the_rate_is_the_sum_of_its_parts() -> None:
    made = line(0.02)
    parts = {part.code: part.value for part in made.rate_parts}
    # 2 % x 60 % = 1.2 %, 2.2 % funding, 1.2 % operating, 0.8 % margin: 5.4 %, a multiple of 0.05 %.
    assert parts["expected_loss"] == D("0.012")
    assert (made.rate_low, parts["rounding"]) == (D("0.054"), D(0))
    assert made.rate_high == D("0.064")
    odd = line(0.0201)
    assert odd.rate_low == D("0.0545") == sum(part.value for part in odd.rate_parts)
    assert line(0.02, security="real_estate").rate_low == D("0.047")
    assert line(0.02, loss_given_default="0.1").rate_low == D("0.044")


def test_capacity_by_hand() -> None:
    # 45 % x (1 - 0.02 / 0.20) = 40.5 % of 10,000 is 4,050 a month; at 6.4 % over a year that repays 46,956.
    made = line(0.02)
    capacity = {cap.code: cap.value for cap in made.caps}["capacity"]
    monthly = D("0.064") / 12
    balance = capacity
    for _ in range(12):
        balance = balance * (1 + monthly) - 405_000
    assert abs(balance) < 2
    assert (made.outcome, made.binding) == ("offer", "capacity")
    assert made.limit_cents == int(capacity) // 10_000 * 10_000
    assert made.instalment_cents <= 405_000


@pytest.mark.parametrize(
    ("ask", "binding", "limit"),
    [
        ({"amount_cents": 1_234_567}, "need", 1_230_000),
        ({"product_cap_cents": 2_000_000}, "product", 2_000_000),
        ({"group_limit_cents": 9_000_000, "group_exposure_cents": 6_000_000}, "group", 3_000_000),
        (
            {"amount_cents": 90_000_000, "monthly_income_cents": 99_000_000, "consumer": True},
            "consumer",
            20_000_000,
        ),
        (
            {"amount_cents": 90_000_000, "monthly_income_cents": 99_000_000, "consumer": False},
            "need",
            90_000_000,
        ),
    ],
)
def test_the_least_cap_binds(ask: dict[str, object], binding: str, limit: int) -> None:
    made = line(0.02, **ask)
    assert (made.outcome, made.binding, made.limit_cents) == ("offer", binding, limit)


@pytest.mark.parametrize(
    ("probability", "ask", "codes"),
    [
        (0.21, {}, ["CL-RISK", "CL-AMOUNT"]),
        (0.02, {"group_limit_cents": 5, "group_exposure_cents": 9}, ["CL-AMOUNT"]),
        (0.02, {"monthly_debt_cents": 900_000}, ["CL-AMOUNT"]),
        (0.02, {"monthly_income_cents": 0}, ["CL-AMOUNT"]),
        (0.5, {"monthly_income_cents": None}, ["CL-RISK", "CL-PRICE", "CL-INCOME"]),
    ],
)
def test_nothing_is_offered_and_why(
    probability: float, ask: dict[str, object], codes: list[str]
) -> None:
    made = line(probability, **ask)
    assert (made.outcome, made.limit_cents, made.binding) == ("refused", 0, "")
    assert [s.code for s in made.statements] == codes
    assert all(s.zh and s.en for s in made.statements)


def test_without_an_income_nothing_is_invented() -> None:
    made = line(0.02, monthly_income_cents=None)
    assert (made.outcome, made.limit_cents) == ("unknown", 0)
    assert [s.code for s in made.statements] == ["CL-INCOME"]
    assert made.rate_low == D("0.054")  # the price does not depend on it
    assert "自行设定" in made.note_zh
    assert "ours" in made.note_en


def test_wrong_numbers_are_refused() -> None:
    for probability in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="within 0 and 1"):
            line(probability)
    for wrong in ({"amount_cents": 0}, {"months": 0}, {"loss_given_default": 2}, {"colour": 1}):
        with pytest.raises(ValidationError):
            line(0.02, **wrong)
    with pytest.raises(ValidationError):
        CreditLineSettings(refuse_above=D("0.6"))


cents = st.integers(0, 10**10)
asks = st.builds(
    dict,
    amount_cents=st.integers(1, 10**10),
    months=st.integers(1, 60),
    monthly_income_cents=cents,
    monthly_debt_cents=st.integers(0, 10**7),
    consumer=st.booleans(),
    loss_given_default=st.decimals(0, 1, places=3),
    product_cap_cents=st.one_of(st.none(), cents),
    group_limit_cents=st.one_of(st.none(), cents),
    group_exposure_cents=cents,
)
numbers = st.builds(
    CreditLineSettings,
    refuse_above=st.decimals("0.01", "0.5", places=3),
    band=st.decimals(0, "0.05", places=3),
    ceiling=st.decimals("0.05", "0.4", places=3),
    burden=st.decimals("0.1", 1, places=2),
    least_cents=st.integers(1, 10**6),
    amount_step_cents=st.integers(1, 10**5),
)
_ORDER = {"refused": 0, "unknown": 0, "offer": 1}


def no_worse(better: CreditLine, worse: CreditLine) -> None:
    assert _ORDER[better.outcome] >= _ORDER[worse.outcome]
    assert better.limit_cents >= worse.limit_cents
    assert better.rate_low <= worse.rate_low
    assert better.rate_high <= worse.rate_high


@settings(deadline=None, max_examples=300)
@given(asks, numbers, st.floats(0, 1), st.floats(0, 1), st.data())
def test_the_better_applicant_never_gets_a_worse_answer(
    ask: dict[str, object],
    chosen: CreditLineSettings,
    one: float,
    other: float,
    data: st.DataObject,
) -> None:
    low, high = sorted((one, other))
    worse = suggest(high, CreditAsk.model_validate(ask), chosen)
    no_worse(suggest(low, CreditAsk.model_validate(ask), chosen), worse)
    better = dict(ask)
    better["monthly_income_cents"] = ask["monthly_income_cents"] + data.draw(cents)  # type: ignore[operator]
    better["monthly_debt_cents"] = data.draw(st.integers(0, ask["monthly_debt_cents"]))  # type: ignore[arg-type]
    better["loss_given_default"] = data.draw(st.decimals(0, ask["loss_given_default"], places=3))  # type: ignore[arg-type]
    better["group_exposure_cents"] = data.draw(st.integers(0, ask["group_exposure_cents"]))  # type: ignore[arg-type]
    no_worse(suggest(low, CreditAsk.model_validate(better), chosen), worse)
    for made in (worse, suggest(low, CreditAsk.model_validate(better), chosen)):
        assert made.rate_low == sum(part.value for part in made.rate_parts)
        assert made.limit_cents <= min(cap.value for cap in made.caps)
        assert made.outcome != "offer" or made.rate_low <= chosen.ceiling
        assert (made.outcome == "offer") == (not made.statements)


def test_a_better_row_never_gets_a_worse_answer(fitted: AdditiveModel) -> None:
    """Down to the declared directions: fewer arrears or more income lower no limit and raise no price."""
    frame = make_rows(200, seed=12)[0]
    ask = CreditAsk(amount_cents=8_000_000, months=18, monthly_income_cents=900_000)
    chosen = CreditLineSettings(refuse_above=D("0.5"))
    for i in range(len(frame)):
        row = row_values(frame, i)
        before = suggest(fitted.explain(row).probability, ask, chosen)
        for name, change in (
            ("arrears", -1.0),
            ("arrears", -2.0),
            ("income", 500.0),
            ("income", 9000.0),
        ):
            value = row[name]
            if isinstance(value, float):
                better = fitted.explain({**row, name: value + change})
                assert better.score >= fitted.explain(row).score
                no_worse(suggest(better.probability, ask, chosen), before)
