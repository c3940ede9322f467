"""The firms of a simulated city as a training set: features of groups and records of other ids are in it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import load_city
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.identity.aliases import aliases_of
from features.point_in_time import build
from tests.features.identity.firms import listed
from tests.features.lakes import add
from training.config_files import settings_for
from training.dataset import load_dataset


def test_groups_and_other_ids_enter_the_features(tmp_path: Path) -> None:
    place = Workspace(tmp_path).create()
    build_city(Settings(300, 1, 36, "2019-01"), place.root / "files")
    load_city(place.root / "files", place)
    lake = Lake(place.lake_dir)
    before = load_dataset(place, settings_for("city-firms"))
    first = before.frame.iloc[-1]
    with duckdb.connect() as connection:
        name, code, known = connection.execute(
            f"SELECT name, uscc, _known FROM {lake.relation('registration')} WHERE subject_id = ? "
            "ORDER BY _known LIMIT 1",
            [first["subject_id"]],
        ).fetchall()[0]
    # A listing that tells its code in another place than its subject.
    add(lake, {"abnormal_operation": [listed(name, known, code)]})
    dataset = load_dataset(place, settings_for("city-firms"))
    assert dataset.known is not None
    assert dataset.known.table.num_rows == aliases_of(place).num_rows == 1
    assert dataset.digest != before.digest
    grouped = [feature.name for feature in dataset.view.of_groups]
    assert dataset.frame[grouped].notna().any().all()
    last = dataset.frame.iloc[[-1]]
    alone = build(dataset.view, lake, last[["subject_id", "as_of"]])
    changed = [n for n in dataset.view.names if str(last[n].item()) != str(alone[n].item())]
    assert changed
    assert {f.contract for f in dataset.view.features if f.name in changed} == {
        "abnormal_operation"
    }
