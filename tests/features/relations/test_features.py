"""Features of groups: the answer's form, the day, and a poisoned future that changes nothing."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import FeaturesError
from features.policy import refused_input
from features.relations.declared import GROUP_FEATURES, GroupFeature
from features.relations.group_columns import NAMES, group_features
from tests.features.identity.test_aliases import table
from tests.features.lakes import Row
from tests.features.relations.village import (
    BEFORE,
    DAY,
    bill,
    firm,
    hold,
    lake_of,
    lead,
    notice,
    person,
    vouch,
)

A, B, C, D, E = (firm(name) for name in "ABCDE")
P = person(1)
JUNE = date(2021, 6, 30)
VILLAGE: dict[str, list[Row]] = {
    "shareholder": [hold(A, B, 0.6)],
    "key_person": [lead(P, A), lead(P, C)],
    "guarantee": [vouch(A, D, 30_000), vouch(D, A, 10_000)],
    "credit_month": [
        bill(A, "1", JUNE, 50_000, five_class="3"),
        bill(B, "2", JUNE, 30_000, overdue_cents=1, five_class="4"),
        bill(D, "4", JUNE, 10_000),
        bill(E, "5", JUNE, 700),
    ],
    "client_risk_notice": [notice(C, "N1", True)],
}


def spine(*rows: tuple[str, date]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["subject_id", "as_of"])


def test_features_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    found = group_features(lake_of(tmp_path, VILLAGE), spine((A, DAY))).iloc[0].to_dict()

    assert found["group_size"] == 4  # A, B, C, D; the person is no firm
    assert found["control_group_size"] == 2
    assert found["group_exposure"] == 900.0
    assert found["group_overdue_share"] == 0.75  # 300 of B and D's 400
    assert found["neighbours_defaulted_24"] == 1  # B; A's own does not count
    assert found["neighbours_default_share"] == pytest.approx(1.0 / 2.8)
    assert found["guarantee_circle"] == 1
    assert found["guarantee_chain_depth"] == 0  # the circle is one place
    assert found["guaranteed_out"] == 300.0
    assert found["group_guaranteed_out"] == 300.0
    assert found["high_risk_group"] == 1


def test_the_answer_keeps_the_spines_order_index_and_repeats(tmp_path: Path) -> None:
    rows = spine((E, DAY), ("USCC-X", DAY), (A, DAY), (A, date(2021, 6, 30)), (A, DAY))
    rows.index = pd.Index([7, 3, 9, 1, 4])
    found = group_features(lake_of(tmp_path, VILLAGE), rows)

    assert found.index.tolist() == [7, 3, 9, 1, 4]
    assert found["subject_id"].tolist() == [E, "USCC-X", A, A, A]
    assert list(found.columns) == ["subject_id", "as_of", *NAMES]
    assert found.loc[3, list(NAMES)].isna().all()
    assert found.loc[7, "group_exposure"] == 7.0
    assert pd.isna(found.loc[7, "group_size"])
    assert pd.isna(found.loc[1, "group_exposure"])  # the bill of that day is not before it
    assert found.loc[9].equals(found.loc[4].rename(9))


def test_what_was_never_supplied_is_null_and_not_zero(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"shareholder": VILLAGE["shareholder"]})
    found = group_features(lake, spine((A, DAY))).iloc[0]

    assert found["group_size"] == 2
    assert found[["neighbours_defaulted_24", "guarantee_circle", "guaranteed_out", "group_exposure",
                  "high_risk_group"]].isna().all()  # fmt: skip


def test_an_alias_is_asked_as_its_subject(tmp_path: Path) -> None:
    aliases = table(f"ORG-123456789 | {A} | 2021-01-01 |")
    found = group_features(
        lake_of(tmp_path, VILLAGE), spine(("ORG-123456789", DAY), (A, DAY)), aliases=aliases
    )

    assert found.iloc[0][list(NAMES)].equals(found.iloc[1][list(NAMES)].rename(0))


def test_relations_under_an_old_code_count_from_the_day_of_the_link(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"guarantee": [vouch("ORG-123456789", D, 30_000)]})
    aliases = table(f"ORG-123456789 | {A} | 2021-03-01 | 2021-06-01")
    days = [date(2021, 2, 28), date(2021, 3, 1), date(2021, 5, 31), date(2021, 6, 1)]
    found = group_features(lake, spine(*((A, day) for day in days)), aliases=aliases)
    assert found["guaranteed_out"].fillna(-1).tolist() == [-1, 300, 300, -1]
    other = group_features(lake, spine(*((D, day) for day in days)), aliases=aliases)
    assert other["group_size"].tolist() == [2, 2, 2, 2]


def test_a_person_s_account_is_not_told_by_a_firm_s_features(tmp_path: Path) -> None:
    owes = bill(P, "9", JUNE, 99_000, five_class="4", overdue_cents=5)
    more = VILLAGE | {"credit_month": [*VILLAGE["credit_month"], owes]}
    rows = spine((A, DAY), (C, DAY))
    pd.testing.assert_frame_equal(
        group_features(lake_of(tmp_path / "a", more), rows),
        group_features(lake_of(tmp_path / "b", VILLAGE), rows),
    )


def test_a_guarantee_joins_the_default_of_either_side(tmp_path: Path) -> None:
    records = VILLAGE | {"guarantee": [vouch(A, D), vouch(E, A), vouch(P, E)]}
    found = group_features(
        lake_of(tmp_path, records), spine((D, DAY), (E, DAY), (A, DAY), (B, DAY))
    )
    assert found["guarantee_partners_defaulted_24"].fillna(-1).tolist() == [1, 1, 0, -1]


def test_a_spine_without_rows_gives_none(tmp_path: Path) -> None:
    assert group_features(lake_of(tmp_path, VILLAGE), spine()).empty


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (pd.DataFrame({"subject_id": [A]}), "as_of"),
        (pd.DataFrame({"subject_id": [None], "as_of": [DAY]}), "subject_id"),
        (pd.DataFrame({"subject_id": [A], "as_of": ["2022-01-01 08:00"]}), "time of day"),
    ],
)
def test_a_bad_spine_is_refused(tmp_path: Path, bad: pd.DataFrame, told: str) -> None:
    with pytest.raises(FeaturesError, match=told):
        group_features(lake_of(tmp_path, VILLAGE), bad)


ids = st.sampled_from([A, B, C, D, E, firm("F"), P])
later = st.integers(0, 90).map(lambda days: DAY + timedelta(days=days))
earlier = st.integers(1, 700).map(lambda days: DAY - timedelta(days=days))


@st.composite
def poison(draw: st.DrawFn) -> tuple[str, Row]:
    """A record that happened on the day or later, or was known only after it."""
    happens = draw(st.booleans())
    event = draw(later if happens else earlier)
    known = max(event, DAY + timedelta(days=1)) if not happens else event
    left, right = draw(ids), draw(ids)
    table, row = draw(
        st.sampled_from(
            [
                ("shareholder", hold(left, right, 0.9, since_on=event)),
                ("shareholder", hold(A, B, 0.1, since_on=event)),
                ("key_person", lead(P, right, since_on=event)),
                ("guarantee", vouch(left, right, 77, from_on=event)),
                ("guarantee", vouch(A, D, 1, from_on=BEFORE, state="released")),
                ("credit_month", bill(left, "1", event, 9, five_class="5", overdue_cents=9)),
                ("credit_month", bill(left, "99", event, 9, five_class="5", overdue_cents=9)),
                ("client_risk_notice", notice(left, "N9", True, notified_on=event)),
                ("client_risk_notice", notice(C, "N1", True, ended_on=BEFORE)),
                ("loan_outcome", {"account_no": "8", "subject_id": left, "status": "DEFAULTED",
                                  "outcome_on": event}),
            ]
        )
    )  # fmt: skip
    known = max(known, DAY + timedelta(days=1))
    withdrawn = draw(st.booleans()) and row.get("known") is None
    return table, {**row, "known": known, "withdrawn": withdrawn}


EVERYBODY = spine(*((who, DAY) for who in (A, B, C, D, E, firm("F"), P)))


@pytest.fixture(scope="module")
def unpoisoned(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return group_features(lake_of(tmp_path_factory.mktemp("clean"), VILLAGE), EVERYBODY)


@settings(max_examples=25, deadline=None)
@given(st.lists(poison(), min_size=1, max_size=6))
def test_a_poisoned_future_changes_nothing(
    unpoisoned: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
    poisons: list[tuple[str, Row]],
) -> None:
    records = {name: list(table) for name, table in VILLAGE.items()}
    for name, row in poisons:
        records.setdefault(name, []).append(row)
    found = group_features(lake_of(tmp_path_factory.mktemp("poisoned"), records), EVERYBODY)

    pd.testing.assert_frame_equal(found, unpoisoned)


def test_days_between_two_changes_give_the_same_as_each_alone(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, VILLAGE)
    days = [date(2021, 1, 1) + timedelta(days=40 * n) for n in range(12)]
    together = group_features(lake, spine(*((A, day) for day in days)))

    for place, day in enumerate(days):
        alone = group_features(lake, spine((A, day)))
        pd.testing.assert_series_equal(
            together.iloc[place][list(NAMES)], alone.iloc[0][list(NAMES)], check_names=False
        )


@pytest.mark.parametrize("feature", GROUP_FEATURES, ids=lambda f: f.name)
def test_every_feature_is_declared_in_full(feature: GroupFeature) -> None:
    spec = feature.spec()

    assert all(spec[f"{part}_{lang}"] for part in ("title", "null", "too_high", "too_low")
               for lang in ("zh", "en"))  # fmt: skip
    assert refused_input(feature.name, feature.title_zh, feature.title_en) is None
    assert set(spec["contracts"]) == {column.split(".")[0] for column in spec["columns"]}


def test_a_risk_notice_is_no_input_of_a_score() -> None:
    uses = {feature.name: feature.uses for feature in GROUP_FEATURES}

    assert "score" not in uses["high_risk_group"]
    assert "rule" in uses["high_risk_group"]
    assert "score" in uses["guarantee_circle"]


def test_a_declaration_without_a_unit_or_of_an_unknown_column_is_refused() -> None:
    whole = GROUP_FEATURES[0]
    fields = {field.name: getattr(whole, field.name) for field in dataclasses.fields(whole)}
    with pytest.raises(FeaturesError, match="unit"):
        GroupFeature(**{**fields, "unit": ""})
    with pytest.raises(FeaturesError, match="not declared"):
        GroupFeature(**{**fields, "columns": ("shareholder.colour",)})
    with pytest.raises(FeaturesError, match="too_low_en"):
        GroupFeature(**{**fields, "too_low_en": " "})
