"""Features of groups in a view: built with the others, in the view's order, with lineage and uses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from features.errors import FeaturesError
from features.expressions import Records
from features.point_in_time import build
from features.relations.cli import app
from features.relations.declared import GROUP_FEATURES
from features.relations.group_columns import NAMES, Days, group_features
from features.view import UNITS, Feature, FeatureView
from tests.features.identity.test_aliases import table
from tests.features.relations.test_features import JUNE, VILLAGE, A, C, E, P, spine
from tests.features.relations.village import DAY, bill, lake_of, vouch
from tests.features.tables import TEXTS

OWN = Feature(
    name="guarantees", theme="spec", value=Records("guarantee").count(), unit="records", direction=0,
    **TEXTS,
)  # fmt: skip
MIXED = FeatureView("spec", "enterprise", (GROUP_FEATURES[0], OWN, *GROUP_FEATURES[1:]))


def test_a_view_may_mix_both_kinds(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, VILLAGE)
    rows = spine((A, DAY), ("USCC-X", DAY), (C, DAY), (A, date(2021, 6, 30)))
    found = build(MIXED, lake, rows)

    assert list(found.columns) == ["subject_id", "as_of", *MIXED.names]
    assert found["guarantees"].fillna(-1).tolist() == [1, -1, -1, 1]
    pd.testing.assert_frame_equal(
        found[list(NAMES)], group_features(lake, rows)[list(NAMES)], check_exact=True
    )


def test_a_view_of_groups_alone_needs_no_plan(tmp_path: Path) -> None:
    alone = FeatureView("spec", "enterprise", GROUP_FEATURES)
    found = build(alone, lake_of(tmp_path, VILLAGE), spine((A, DAY)), supplied=True)
    assert found["group_size"].tolist() == [4]
    assert list(found.columns) == ["subject_id", "as_of", *NAMES]


def test_one_identity_table_serves_both_kinds(tmp_path: Path) -> None:
    records = VILLAGE | {"guarantee": [vouch("ORG-123456789", E, 30_000)]}
    lake = lake_of(tmp_path, records)
    links = table(f"ORG-123456789 | {A} | 2021-07-01 |")
    rows = spine((A, date(2021, 6, 30)), (A, date(2021, 7, 1)))
    found = build(MIXED, lake, rows, aliases=links)
    assert found["guarantees"].fillna(-1).tolist() == [-1, 1]
    assert found["guaranteed_out"].fillna(-1).tolist() == [-1, 300]


def test_a_lake_that_grows_is_read_again(tmp_path: Path) -> None:
    first = group_features(lake_of(tmp_path, VILLAGE), spine((E, DAY)))
    more = VILLAGE | {"credit_month": [bill(E, "5", JUNE, 990_000)]}
    second = group_features(lake_of(tmp_path, more), spine((E, DAY)))
    assert (first["group_exposure"][0], second["group_exposure"][0]) == (7.0, 9900.0)


def test_a_second_request_of_a_day_is_a_look_up(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, VILLAGE)
    group_features(lake, spine((A, DAY)))
    days = Days.of(lake)
    assert days is Days.of(lake)
    assert days.on(18993) is days.on(18993)  # 2022-01-01


def test_who_is_concerned_when_a_record_of_one_member_comes(tmp_path: Path) -> None:
    days = Days.of(lake_of(tmp_path, VILLAGE))
    assert {A, C, P} <= days.concerned([A], DAY)
    assert days.concerned([E], DAY) == {E}
    assert days.concerned(["USCC-X"], DAY) == {"USCC-X"}


def test_what_groups_may_be_used_for() -> None:
    score = {feature.name for feature in GROUP_FEATURES if "score" in feature.uses}
    assert score == {
        "guarantee_partners_defaulted_24", "guarantee_circle", "guarantee_chain_depth", "guaranteed_out",
    }  # fmt: skip
    for feature in GROUP_FEATURES:
        assert "report" in feature.uses
        assert feature.unit in UNITS
        assert feature.suppliers


def test_a_broken_lake_is_named(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, VILLAGE)
    (tmp_path / "guarantee.parquet").write_bytes(b"broken")
    with pytest.raises(FeaturesError, match="guarantee"):
        build(MIXED, lake, spine((P, DAY)))


def test_both_commands_explain_themselves() -> None:
    for name in ("groups", "show"):
        told = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"})
        assert told.exit_code == 0
        assert f"xinqiao features relations {name}" in told.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["groups", "--as-of", "soon"], "no day"),
        (["groups", "--kind", "family"], "no such kind"),
        (["show", "USCC-X"], "holds no relations"),
    ],
)
def test_commands_refuse_in_a_sentence(tmp_path: Path, words: list[str], told: str) -> None:
    done = CliRunner().invoke(app, [*words, "-w", str(tmp_path)], env={"COLUMNS": "200"})
    assert done.exit_code == 1
    assert told in done.stderr.replace("\n", " ")
