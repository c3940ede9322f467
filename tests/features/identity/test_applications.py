"""One need, one application: repeats across lenders, told from joint and from new applications (C15)."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import FeaturesError
from features.identity.applications import (
    COLUMNS,
    Filed,
    filed_by,
    place,
    repeats,
    standing,
    write_repeats,
)
from tests.features.identity.test_aliases import table
from tests.features.lakes import lake_of

APPLICATIONS = {
    "loan_application": """
        application_no | subject_id | purpose         | institution | applied_on | group_application_no
        A1             | USCC-1     | working_capital | L1          | 2024-01-01 |
        A2             | ORG-1      | working_capital | L2          | 2024-01-20 |
        A3             | USCC-1     | farming         | L2          | 2024-01-21 |
        A4             | USCC-1     | working_capital | L1          | 2024-01-31 |
        A5             | USCC-1     | working_capital | L1          | 2024-02-01 |
        B1             | USCC-2     | working_capital | L1          | 2024-01-01 | J1
        B2             | USCC-2     | farming         | L2          | 2024-01-02 | J1
    """
}
LINKS = "ORG-1 | USCC-1 | 2024-01-10 |"


def needs(folder: Path, records: dict[str, str], day: date = date(2024, 6, 1)) -> dict[str, str]:
    found = place(filed_by(lake_of(folder, records), day, table(LINKS)))
    return {one.filed.number: f"{one.need} {one.kind}" for one in found}


def test_a_need_lasts_a_window_from_its_first_application(tmp_path: Path) -> None:
    assert needs(tmp_path, APPLICATIONS) == {
        "A1": "A1 first",
        "A2": "A1 other lender",  # under the old code, with another lender
        "A3": "A3 first",  # another purpose
        "A4": "A1 same lender",  # day 30
        "A5": "A5 first",  # day 31: a new need
        "B1": "B1 first",
        "B2": "B1 joint",  # one number, whatever the purpose
    }


def test_what_is_not_known_yet_is_no_repeat(tmp_path: Path) -> None:
    assert needs(tmp_path, APPLICATIONS, date(2024, 1, 1)) == {"A1": "A1 first", "B1": "B1 first"}
    lake = lake_of(tmp_path / "b", APPLICATIONS)
    unlinked = place(filed_by(lake, date(2024, 6, 1)))
    assert {p.filed.number: p.kind for p in unlinked}["A2"] == "first"


@pytest.mark.parametrize(
    ("decision", "day", "kind"),
    [
        ("rejected", "2024-01-19", "first"),
        ("withdrawn", "2024-01-20", "first"),
        ("rejected", "2024-01-21", "other lender"),
        ("approved", "2024-01-19", "other lender"),
    ],
)
def test_who_was_refused_may_ask_elsewhere(
    tmp_path: Path, decision: str, day: str, kind: str
) -> None:
    decided = f"""
        decision_no | application_no | subject_id | decision   | decided_on
        D1          | A1             | USCC-1     | {decision} | {day}
    """
    found = needs(tmp_path, APPLICATIONS | {"credit_decision": decided})
    assert found["A2"].endswith(kind)


def test_a_lender_asks_before_it_takes_an_application(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, APPLICATIONS)
    links = table(LINKS)

    def numbers(subject: str, purpose: str, day: date) -> list[str]:
        return [p.filed.number for p in standing(lake, subject, purpose, day, links)]

    assert numbers("ORG-1", "working_capital", date(2024, 1, 25)) == ["A1", "A2"]
    assert numbers("USCC-1", "working_capital", date(2024, 1, 5)) == ["A1"]
    assert numbers("ORG-1", "working_capital", date(2024, 1, 5)) == []  # not linked yet
    assert numbers("USCC-1", "consumption", date(2024, 1, 25)) == []
    assert numbers("USCC-9", "working_capital", date(2024, 1, 25)) == []
    assert standing(lake_of(tmp_path / "empty", {}), "USCC-1", "farming", date(2024, 1, 1)) == []


def test_a_corrected_application_counts_as_corrected(tmp_path: Path) -> None:
    text = APPLICATIONS["loan_application"].replace("| applied_on", "| known      | applied_on")
    lines = []
    for line in text.strip().splitlines()[1:]:
        cells = line.split("|")
        lines.append("|".join([*cells[:4], cells[4], *cells[4:]]))
    moved = "A2 | USCC-7 | working_capital | L2 | 2024-03-01 | 2024-01-20 |"
    rows = "\n".join([text.strip().splitlines()[0], *lines, moved])
    assert needs(tmp_path, {"loan_application": rows}, date(2024, 2, 29))["A2"] == "A1 other lender"
    assert needs(tmp_path / "b", {"loan_application": rows})["A2"] == "A2 first"


def test_the_list_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    one = Filed("A1", "USCC-1", "USCC-1", "farming", "=1+1", date(2024, 1, 1))
    two = Filed("A2", "USCC-1", "USCC-1", "farming", "L2", date(2024, 1, 2))
    path = write_repeats(tmp_path / "r.csv", place([one, two]))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [row["institution"] for row in rows] == ["'=1+1", "L2"]
    assert rows[1]["kind_zh"] == "其他机构或平台重复申请"
    with pytest.raises(FeaturesError, match="cannot write"):
        write_repeats(tmp_path / "none" / "r.csv", [])
    with pytest.raises(FeaturesError, match="window of 0 days"):
        place([one], 0)


filed = st.builds(
    Filed,
    st.uuids().map(str),
    st.sampled_from(["USCC-1", "USCC-2"]),
    st.just("x"),
    st.sampled_from(["farming", ""]),
    st.sampled_from(["L1", "L2"]),
    st.integers(0, 90).map(lambda n: date(2024, 1, 1) + timedelta(days=n)),
    st.sampled_from(["", "", "J1"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(filed, max_size=20), st.randoms())
def test_needs_of_any_applications(applications: list[Filed], random) -> None:
    found = place(applications)
    assert len(found) == len(applications)
    first = {p.filed.number: p.filed for p in found if p.kind == "first"}
    for one in found:
        head = first[one.need]
        assert head.subject == one.filed.subject
        if one in repeats(found):
            assert head.purpose == one.filed.purpose or one.filed.joint or head.joint
            assert (one.filed.applied_on - head.applied_on).days <= 30
    shuffled = list(applications)
    random.shuffle(shuffled)
    assert place(shuffled) == found
