"""A file that only repeats known names and codes leaves the identity table; any news makes it anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import features.identity.aliases as aliases
import features.identity.evidence as evidence
from data_contracts.intake.lake import Lake
from features.identity.aliases import known_aliases
from features.identity.evidence import read_evidence
from features.identity.repeats import Facts, evidence_files
from features.identity.review import ReviewStore
from tests.features.lakes import add, lake_of

FIRM = "USCC-91110000802100433B"
BASE: dict[str, Any] = {
    "subject_id": FIRM, "subject_name": "北京太洋药业股份有限公司", "subject_code": None,
    "penalty_no": "1", "decided_on": date(2023, 5, 1), "known": date(2023, 5, 3),
}  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return lake_of(tmp_path / "lake", {"penalty": [BASE]})


def told(lake: Lake, row: dict[str, Any], contract: str = "penalty") -> bool:
    """Whether a record that arrives is held to be a repetition; if so, nothing is new in the evidence."""
    before, files = read_evidence(lake), evidence_files(lake)
    add(lake, {contract: [row]})
    held = Facts.of(before).hold(evidence_files(lake) - files)
    if held:
        assert read_evidence(lake) == before
    return held


@pytest.mark.parametrize(
    ("change", "repeats"),
    [
        ({}, True),
        ({"subject_name": None}, True),
        ({"subject_name": " 北京太洋药业股份有限公司 "}, True),
        ({"subject_name": "王小明"}, True),  # nobody is linked by a person's name
        ({"subject_name": "北京太洋药业有限公司"}, False),
        ({"subject_code": "91110000802100433B"}, False),
        ({"known": date(2023, 5, 2)}, False),  # the name was known a day earlier than was thought
        ({"subject_id": "PID-1"}, True),
        ({"subject_id": "ORG-802100433"}, False),
        ({"penalty_no": "1", "fine_cents": 5}, False),  # a correction: what it corrects ends
    ],
)
def test_what_is_news(lake: Lake, change: dict[str, Any], repeats: bool) -> None:
    assert told(lake, BASE | {"penalty_no": "2", "known": date(2023, 6, 1)} | change) is repeats


def test_a_registration_is_always_news(lake: Lake) -> None:
    row = {"subject_id": FIRM, "name": BASE["subject_name"], "registered_on": date(2020, 1, 1)}
    assert not told(lake, row, "registration")


def test_evidence_is_read_again_for_news_alone(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Lake] = []

    def counted(given: Lake) -> Any:
        read.append(given)
        return read_evidence(given)

    monkeypatch.setattr(aliases, "read_evidence", counted)
    store = ReviewStore(tmp_path / "identity")
    first = known_aliases(lake, store)
    add(lake, {"penalty": [BASE | {"penalty_no": "2", "known": date(2023, 6, 1)}]})
    assert known_aliases(lake, store) is first
    assert len(read) == 1
    other = {"subject_id": "ORG-802100433", "penalty_no": "3", "known": date(2023, 7, 1)}
    add(lake, {"penalty": [BASE | other]})
    assert known_aliases(lake, store).owner("ORG-802100433", date(2023, 7, 1)) == FIRM
    assert len(read) == 2


def test_what_is_kept_of_other_files_is_what_they_say(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News of one contract after the other, a correction and a registration among them."""
    arrivals: list[tuple[str, dict[str, Any]]] = [
        ("penalty", BASE | {"penalty_no": "2", "subject_name": "北京太洋药业有限公司"}),
        ("penalty", BASE | {"subject_code": "91110000802100433B", "known": date(2023, 7, 1)}),
        ("registration", {
            "subject_id": FIRM, "name": "北京太洋药业集团有限公司", "registered_on": date(2001, 1, 2),
            "organisation_code": "802100433", "known": date(2023, 8, 1),
        }),
        ("court_case", {
            "subject_id": "ORG-802100433", "subject_name": "北京太洋药业集团有限公司", "case_no": "1",
            "announced_on": date(2023, 9, 1), "known": date(2023, 9, 2),
        }),
    ]  # fmt: skip
    found = []
    for contract, row in arrivals:
        add(lake, {contract: [row]})
        found.append(read_evidence(lake))
    assert found[-1].seen.num_rows == 2
    monkeypatch.setattr(evidence, "_kept", {})  # as another process sees it
    assert read_evidence(lake) == found[-1]
    assert found[0] != found[1] != found[2] != found[3]
