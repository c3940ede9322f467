"""For any records: the engine agrees with the definition, the future changes nothing, batch equals single."""

from __future__ import annotations

import calendar
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.catalogue import view
from features.engines.duckdb import DuckDBEngine
from features.engines.python.few import PythonEngine
from features.expressions import Expression, Records, days_since, months_since
from features.point_in_time import build
from features.validation import subject_kind
from features.view import Feature, FeatureView
from tests.features.lakes import FileLake, Row
from tests.features.oracle import Oracle
from tests.features.tables import TEXTS

# A few rich examples find more than many poor ones.
FEW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
AS_OF = date(2004, 9, 30)
SUBJECTS = ("1", "2", "3", "4")


@st.composite
def days(draw: st.DrawFn, years: tuple[int, int]) -> date:
    """Days at the edges of months, where windows go wrong."""
    year = draw(st.integers(*years))
    month = draw(st.integers(1, 12))
    last = calendar.monthrange(year, month)[1]
    return date(year, month, draw(st.sampled_from([1, 2, 15, last - 1, last])))


def record(
    event: str, years: tuple[int, int], **items: st.SearchStrategy[Any]
) -> st.SearchStrategy[Row]:
    """A row that happened in these years and was known on the day, late, or in advance."""
    late = st.sampled_from([0, 0, 0, 1, 40, 400, -30])
    times = st.builds(
        lambda day, wait: {event: day, "known": day + timedelta(days=wait)}, days(years), late
    )
    return st.builds(lambda times, rest: times | rest, times, st.fixed_dictionaries(items))


SBA = st.sampled_from([f"SBA-{n}" for n in SUBJECTS])
NUMBER = st.sampled_from([str(n) for n in range(1, 13)])
LENDER = st.sampled_from(["BANK A", "BANK A", "BANK B", None])
REGION = st.sampled_from(["US-CA", "US-CA", "US-NY", None])
CENTS = st.integers(1, 5_000)

ENTERPRISE: dict[str, st.SearchStrategy[Row]] = {
    "registration": record(
        "registered_on",
        (2000, 2003),
        subject_id=SBA,
        industry_code=st.sampled_from(["311111", "332222", "722222", None]),
        region=REGION,
        employees=st.integers(0, 5),
        new_business=st.sampled_from([True, False, None]),
        franchise=st.booleans(),
    ),
    "loan_application": record(
        "applied_on",
        (2000, 2003),
        application_no=NUMBER,
        subject_id=SBA,
        institution=LENDER,
        institution_region=REGION,
        programme=st.sampled_from(["standard", "lowdoc"]),
        amount_cents=CENTS,
        guaranteed_cents=st.integers(0, 5_000),
        jobs_created=st.integers(0, 9),
        jobs_retained=st.integers(0, 9),
    ),
    "loan_account": record(
        "opened_on",
        (2000, 2004),
        account_no=NUMBER,
        application_no=NUMBER,
        subject_id=SBA,
        institution=LENDER,
        amount_cents=CENTS,
    ),
    "loan_outcome": record(
        "outcome_on",
        (2000, 2004),
        account_no=NUMBER,
        subject_id=SBA,
        institution=LENDER,
        status=st.sampled_from(["CHARGED_OFF", "CHARGED_OFF", "PAID_IN_FULL"]),
    ),
}
CARD_MONTHS = [date(2004, month, calendar.monthrange(2004, month)[1]) for month in range(1, 11)]


def card_month(number: str, bill_on: date) -> st.SearchStrategy[Row]:
    known = st.sampled_from([0, 0, 0, 0, 1, 40]).map(lambda late: bill_on + timedelta(days=late))
    status = st.text("NN*1237DZCG/#", min_size=6, max_size=6).map(lambda last: "#" * 18 + last)
    return st.fixed_dictionaries(
        {
            "account_no": st.just(number),
            "subject_id": st.just(f"CARD-{number}"),
            "bill_on": st.just(bill_on),
            "known": known,
            "status_24": status,
            "billed_cents": st.sampled_from([0, -50, 100, 300, 700]),
            "paid_cents": st.sampled_from([0, 100, 300, 50]),
        }
    )


@st.composite
def card_rows(draw: st.DrawFn) -> list[Row]:
    """Ten months of two cards, some of them late and some corrected."""
    corrected = st.lists(st.sampled_from(CARD_MONTHS), max_size=4)
    return [
        draw(card_month(number, bill_on))
        for number in ("1", "2")
        for bill_on in (*CARD_MONTHS, *draw(corrected))
    ]


INDIVIDUAL: dict[str, st.SearchStrategy[Row]] = {
    "card_account": record(
        "observed_on",
        (2003, 2003),
        account_no=NUMBER,
        subject_id=st.sampled_from(["CARD-1", "CARD-2"]),
        credit_limit_cents=st.integers(1, 900),
    ),
    "card_repayment": st.tuples(st.sampled_from("12"), st.sampled_from(CARD_MONTHS)).flatmap(
        lambda which: card_month(*which)
    ),
}
TRADER = st.sampled_from([f"USCC-92-{n}" for n in SUBJECTS])
FLAG = st.sampled_from([True, False, None])
PENALTIES = st.sampled_from(["1", "2", "3", "4", "5", "6"])
END = st.one_of(st.none(), days((1998, 2005)))

LANGUAGE: dict[str, st.SearchStrategy[Row]] = {
    "penalty": record(
        "decided_on",
        (1996, 2004),
        subject_id=TRADER,
        penalty_no=PENALTIES,
        authority=st.just("A"),
        kind=st.sampled_from(["fine", "warning"]),
        fine_cents=st.one_of(st.none(), CENTS),
        ends_on=END,
        repaired=st.sampled_from([None, None, None, False, True]),
        repaired_on=st.one_of(st.none(), st.none(), days((2003, 2005))),
    ),
    "credit_repair": record(
        "repaired_on",
        (2002, 2004),
        subject_id=TRADER,
        repaired_contract=st.sampled_from(["penalty", "penalty", "penalty", "tax_grade"]),
        repaired_no=PENALTIES,
        result=st.sampled_from(["repaired", "repaired", "refused"]),
    ),
    "licence": record(
        "decided_on",
        (2000, 2004),
        subject_id=TRADER,
        licence_no=NUMBER,
        valid_from=END,
        valid_until=END,
        scope=st.sampled_from(["X", "Y", "Z", None]),
    ),
    "tax_payment": record(
        "period_ends_on",
        (2003, 2004),
        subject_id=TRADER,
        tax_kind=st.sampled_from(["vat", "property"]),
        tax_paid_cents=st.one_of(st.none(), CENTS),
        sales_cents=st.one_of(st.none(), CENTS),
    ),
    "consent": record(
        "granted_on",
        (2002, 2004),
        subject_id=TRADER,
        consent_no=NUMBER,
        kind=st.sampled_from(["written", "written", "written", "electronic"]),
        item_classes=st.sampled_from(["income", "tax_amount", "tax_payment", "income;tax_amount"]),
        adverse_notice=st.sampled_from([True, True, True, False]),
        valid_until=st.one_of(st.none(), days((2004, 2005))),
        revoked_on=st.one_of(st.none(), st.none(), days((2004, 2005))),
    ),
}


def _language() -> FeatureView:
    """Every word of the language over contracts that the policy watches."""
    penalties, licences, taxes = Records("penalty"), Records("licence"), Records("tax_payment")
    fine, paid = penalties["fine_cents"], taxes["tax_paid_cents"]
    until, name = licences["valid_until"], licences["scope"]
    values: tuple[Expression, ...] = (
        penalties.count(),
        fine.total(months=36),
        fine.largest(where=penalties["kind"].equals("fine").or_also(fine.at_least(2_000))),
        penalties.count(where=penalties["ends_on"].open_on_day()),
        months_since(penalties["decided_on"].latest()),
        days_since(penalties["ends_on"].smallest(where=penalties["ends_on"].before_day())),
        licences.count(where=until.open_on_day().and_also(name.known())),
        licences.count(where=until.before_day().or_also(name.one_of("X", "Y"))),
        name.distinct(months=24),
        name.distinct(where=months_since(licences["valid_from"]).more_than(12)),
        name.first(),
        name.latest().otherwise(name.first(skip=6)),
        licences["decided_on"].largest().known().only_if(licences.count().known()),
        days_since(licences["valid_from"].first()),
        paid.sum(months=12),
        paid.total(where=taxes["sales_cents"].more_than(100)),
        paid.mean(where=taxes["sales_cents"].known()) / taxes["sales_cents"].latest(),
        taxes.count(where=taxes["sales_cents"].otherwise(0).at_most(0)),
    )
    return FeatureView(
        "language",
        "sole_trader",
        tuple(
            Feature(
                name=f"word_{place}",
                theme="words",
                value=value,
                unit="code" if subject_kind(value) == "text" else "times",
                direction=0,
                **TEXTS,
            )
            for place, value in enumerate(values)
        ),
    )


VIEWS = {"enterprise": ENTERPRISE, "individual": INDIVIDUAL, "language": LANGUAGE}
WORDS = _language()
PREFIX = {"enterprise": "SBA", "individual": "CARD", "language": "USCC-92"}


def chosen_view(name: str) -> FeatureView:
    """A view of the catalogue, or the one of all words of the language."""
    return WORDS if name == "language" else view(name)


def tables(name: str) -> st.SearchStrategy[dict[str, list[Row]]]:
    """Records of every contract of a view; keys repeat, so that there are corrections."""
    return st.fixed_dictionaries(
        {
            contract: card_rows()
            if contract == "card_repayment"
            else st.lists(rows, min_size=8, max_size=24)
            for contract, rows in VIEWS[name].items()
        }
    )


ASKED = [
    date(2004, 6, 30),
    date(2004, 7, 1),
    date(2004, 8, 31),
    date(2004, 10, 1),
    date(2004, 11, 30),
]


def spines(name: str) -> st.SearchStrategy[pd.DataFrame]:
    """Every subject, and one without any records, on three days."""
    subjects = [f"{PREFIX[name]}-{n}" for n in (*SUBJECTS, "5")]
    if name == "individual":
        subjects = ["CARD-1", "CARD-2", "CARD-5"]
    return st.permutations(ASKED).map(
        lambda asked: pd.DataFrame(
            [(subject, day) for day in asked[:3] for subject in subjects],
            columns=["subject_id", "as_of"],
        )
    )


@contextmanager
def lake(records: dict[str, list[Row]]) -> Iterator[Lake]:
    with tempfile.TemporaryDirectory() as folder:
        yield FileLake(Path(folder), records)


@pytest.mark.parametrize("name", VIEWS)
@FEW
@given(data=st.data())
def test_every_feature_is_what_its_definition_says(name: str, data: st.DataObject) -> None:
    records, spine = data.draw(tables(name)), data.draw(spines(name))
    chosen = chosen_view(name)
    with lake(records) as made, DuckDBEngine(few=-1) as duckdb:
        engines = (duckdb, PythonEngine())
        answers = [build(chosen, made, spine, engine=engine) for engine in engines]
        oracle = Oracle(made, chosen.contracts)
    for row, (subject, day) in enumerate(zip(spine["subject_id"], spine["as_of"], strict=True)):
        for feature, expected in oracle.vector(chosen, subject, day).items():
            for engine, found in zip(engines, answers, strict=True):
                value, told = found.loc[row, feature], (engine.name, feature, subject, day)
                if expected is None:
                    assert pd.isna(value), (*told, value)
                elif isinstance(expected, str):
                    assert value == expected, told
                else:
                    assert value == pytest.approx(expected, rel=1e-9, abs=1e-12), told


AT_ONCE = ("consent", "credit_repair")
"""A consent and a repair hold on their own day already."""


def poison(name: str) -> st.SearchStrategy[dict[str, list[Row]]]:
    """Records that may not matter on AS_OF: of events on or after it, or known after it."""

    def spoil(contract: str, row: Row, ahead: int, late: bool) -> Row:
        event = contract_of(contract).about.event
        if contract in AT_ONCE:
            ahead = max(ahead, 1)
        if late:  # an old event (or a correction of an old record) that reached us after the day
            row = row | {event: min(row[event], AS_OF - timedelta(days=1 + ahead))}
            return row | {"known": AS_OF + timedelta(days=1 + ahead)}
        return row | {event: AS_OF + timedelta(days=ahead), "known": row["known"]}

    return st.fixed_dictionaries(
        {
            contract: st.lists(
                st.builds(
                    spoil, st.just(contract), rows, st.sampled_from([0, 1, 90]), st.booleans()
                ),
                min_size=3,
                max_size=10,
            )
            for contract, rows in VIEWS[name].items()
        }
    )


@pytest.mark.parametrize("name", VIEWS)
@FEW
@given(data=st.data())
def test_the_future_changes_nothing(name: str, data: st.DataObject) -> None:
    records, future = data.draw(tables(name)), data.draw(poison(name))
    # A record with a later event that was known before the day is a correction that counts; as the
    # future it must be of a key of its own.
    for contract, rows in future.items():
        about = contract_of(contract).about
        own = [name for name in about.key if name not in (about.subject, about.event)]
        key = own[-1] if own else about.subject
        for row in rows:
            if row["known"] <= AS_OF:
                row[key] = f"{row[key]}9"
    subjects = [f"{PREFIX[name]}-{n}" for n in SUBJECTS]
    spine = pd.DataFrame({"subject_id": subjects, "as_of": AS_OF})
    with lake(records) as made:
        before = build(chosen_view(name), made, spine)
    with lake({contract: rows + future[contract] for contract, rows in records.items()}) as made:
        after = build(chosen_view(name), made, spine)
    pd.testing.assert_frame_equal(before, after, check_exact=True)


@pytest.mark.parametrize("name", VIEWS)
@settings(FEW, max_examples=3)
@given(data=st.data())
def test_a_row_is_the_same_alone_and_in_a_batch(name: str, data: st.DataObject) -> None:
    records, spine = data.draw(tables(name)), data.draw(spines(name))
    # the batch over the whole lake, single rows over their gathered records, again and again
    with lake(records) as made, DuckDBEngine(few=-1) as many, PythonEngine() as one:
        batch = build(chosen_view(name), made, spine, engine=many)
        single = pd.concat(
            [build(chosen_view(name), made, spine.iloc[[row]], engine=one) for row in range(3)]
        )
    pd.testing.assert_frame_equal(batch.iloc[:3], single, check_exact=True)
