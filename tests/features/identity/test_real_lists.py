"""Names of a city's open list of abnormal operations, linked to its coded lists."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.identity.evidence import read_evidence
from features.identity.exact import Index
from features.identity.link import link
from features.identity.lists import take_in
from features.identity.measure import bands, hidden_codes, proposals
from features.identity.report import by_score
from features.identity.settings import LinkSettings

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    place = Workspace(tmp_path_factory.mktemp("real")).create()
    folder = Path(os.environ["XINQIAO_DATA"]) / "beijing_open_records"
    assert take_in(folder, place, received_on=date(2025, 6, 30)) == 25
    return Lake(place.lake_dir)


def test_names_of_abnormal_operations(lake: Lake) -> None:
    found = link(lake, date(2025, 7, 1))
    counted: Counter[str] = Counter()
    for score, _, count in by_score(lake, found, "abnormal_operation"):
        counted[score] += count
    assert sum(counted.values()) == 100_036
    assert counted["1.00"] == 3
    assert counted["0.99"] == 327
    assert counted["0.80"] == 0
    assert counted["0.00"] > 99_000


def test_hidden_codes_are_found_again_by_the_names_alone(lake: Lake) -> None:
    hidden, truth = hidden_codes(Index.of(read_evidence(lake)))
    sure, likely, rest = bands(
        proposals(hidden, LinkSettings(review=0.15)), truth, (0.8, 0.3, 0.15)
    )
    assert sure.precision[1] > 0.95
    assert sure.recall[0] > 0.2
    assert likely.precision[0] > rest.precision[0]
