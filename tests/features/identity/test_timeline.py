"""Links through time: what is learned later changes nothing that held before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.intake.mapping.subject import name_subject
from features.identity.resolve import resolve, timeline
from tests.features.identity.firms import (
    DAY,
    LATER,
    NOW,
    firm,
    lake_with,
    listed,
    organisation,
    unified,
)
from tests.features.lakes import FileLake, add

NAME, OTHER = "北京华信电子有限公司", "北京大地餐饮有限公司"
ONE = f"USCC-{unified(1)}"
OLD, OLDER = "440301103097413", "440301103097421"
DAYS = [date(2024, month, 1) for month in (1, 3, 5, 7)]


def test_an_old_number_that_turns_out_to_be_anothers_ends_the_link_on_that_day(
    tmp_path: Path,
) -> None:
    lake = lake_with(tmp_path, [firm(1, NAME)], [listed(NAME, code=OLD, subject=f"REG-{OLD}")])
    assert [(c.subject, c.since) for c in timeline(lake)] == [(f"REG-{OLD}", DAY)]
    add(lake, {"registration": [firm(1, NAME, LATER, registration_no=OLDER)]})
    assert resolve(lake, date(2024, 3, 1)).canonical(f"REG-{OLD}") == ONE
    held = [(c.since, c.until) for c in timeline(lake) if c.subject == f"REG-{OLD}"]
    assert held == [(DAY, LATER)]


def subjects() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [name_subject(NAME), name_subject(OTHER), f"ORG-{organisation(1)}", f"ORG-{organisation(2)}",
         f"REG-{OLD}", f"REG-{OLDER}"]
    )  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Registrations, corrected ones among them, and lists with codes and names of all kinds."""
    day, name = st.sampled_from(DAYS), st.sampled_from([NAME, OTHER])
    number = st.sampled_from([None, OLD, OLDER])
    firms = [
        firm(draw(st.integers(1, 2)), draw(name), draw(day), registration_no=draw(number))
        for _ in range(draw(st.integers(1, 4)))
    ]
    lists = []
    for _ in range(draw(st.integers(1, 4))):
        subject = draw(subjects())
        code = (
            subject.split("-")[1]
            if draw(st.booleans()) and not subject.startswith("NAME")
            else None
        )
        lists.append(listed(draw(name), draw(day), code=code, subject=subject))
    changes = [
        {"subject_id": ONE, "kind": "name", "changed_on": draw(day), "entry_no": "1", "before": OTHER,
         "after": NAME}
        for _ in range(draw(st.integers(0, 1)))
    ]  # fmt: skip
    found = {"registration": firms, "abnormal_operation": lists}
    return found | ({"registration_change": changes} if changes else {})


@settings(max_examples=20, deadline=None)
@given(records())
def test_the_timeline_says_of_each_day_what_was_known_on_it(
    tmp_path_factory: pytest.TempPathFactory, given_records: dict[str, list[dict[str, Any]]]
) -> None:
    lake = FileLake(tmp_path_factory.mktemp("lake"), given_records)
    links = timeline(lake)
    for day in (*DAYS, NOW):
        through_time = {c.subject: c.target for c in links if c.since <= day < c.until}
        assert through_time == {s: c.target for s, c in resolve(lake, day).links.items()}
