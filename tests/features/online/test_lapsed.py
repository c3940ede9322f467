"""What the shelf lets go of can not be seen any more: by hand, and against a slow reading of the rule."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from features.engines.python.values import months_later
from features.online.lapsed import EPOCH, Kept, lasting

CONTRACT = "card_repayment"  # key: account and day of the bill; gone five years after that day
COLUMNS = ("account_no", "subject_id", "bill_on", "_known", "_version", "_withdrawn")
FIRST = date(2020, 1, 31)


def number(day: date) -> int:
    return day.toordinal() - EPOCH


def version(
    known: date, place: int = 1, subject: str = "me", gone: bool = False, account: str = "1"
) -> Kept:
    return [account, subject, number(FIRST), number(known), place, gone]


def left(rows: list[Kept], day: date) -> list[Kept]:
    return lasting(rows, COLUMNS, CONTRACT, "me", None, day)


def test_the_newest_version_stays() -> None:
    old, new = version(date(2020, 2, 1)), version(date(2020, 3, 1), 2)
    assert left([new, old], date(2020, 3, 1)) == [new]
    assert left([new, old], date(2020, 2, 29)) == [old, new]  # the old one counts until tomorrow


def test_a_withdrawn_record_goes_with_its_versions() -> None:
    old, end = version(date(2020, 2, 1)), version(date(2020, 3, 1), 2, gone=True)
    assert left([old, end], date(2020, 3, 1)) == []
    assert left([old, end], date(2020, 2, 29)) == [old, end]
    again = version(date(2020, 4, 1), 3)
    assert left([old, end, again], date(2020, 4, 1)) == [again]


def test_a_record_of_somebody_else_goes() -> None:
    old, moved = version(date(2020, 2, 1)), version(date(2020, 3, 1), 2, subject="you")
    assert left([old, moved], date(2020, 3, 1)) == []
    named = lasting([moved], COLUMNS, CONTRACT, "1", "account_no", date(2020, 3, 1))
    assert named == [moved]  # it counts for whom another column names


def test_a_negative_record_goes_five_years_after_its_end() -> None:
    row = version(date(2020, 2, 1))
    assert left([row], date(2025, 1, 30)) == [row]
    assert left([row], date(2025, 1, 31)) == []


DAYS = st.dates(date(2020, 2, 1), date(2020, 2, 20))
RECORDS = st.dictionaries(
    st.sampled_from("123"),
    st.lists(
        st.tuples(DAYS, st.sampled_from(["me", "you"]), st.booleans()), min_size=1, max_size=4
    ),
)


def seen(rows: list[Kept], day: date) -> list[Kept]:
    """Versions of mine that count on a day, read as the rule is said."""
    found = []
    for account in "123":
        told = [row for row in rows if row[0] == account and row[3] <= number(day)]
        newest = max(told, key=lambda row: (row[3], row[4]), default=None)
        expired = day >= months_later(FIRST, 60)
        if newest and newest[1] == "me" and not newest[5] and not expired:
            found.append(newest)
    return found


@given(records=RECORDS, day=DAYS, later=st.integers(0, 2_000))
def test_later_days_see_the_same(
    records: dict[str, list[tuple[date, str, bool]]], day: date, later: int
) -> None:
    rows = []
    for account, told in records.items():
        for place, (known, subject, gone) in enumerate(sorted(told), 1):
            rows.append(version(known, place, subject, gone, account))
    then = day + timedelta(later)
    assert seen(left(list(rows), day), then) == seen(rows, then)
