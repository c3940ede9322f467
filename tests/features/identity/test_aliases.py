"""Records of one enterprise under several ids count for it, on the days on which that was known."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.workspace import Workspace
from features.errors import FeaturesError
from features.expressions import Expression, Records
from features.identity import aliases
from features.identity.aliases import aliases_of, canonical_on, linked_rows
from features.identity.resolve import MAPPING, store_of
from features.point_in_time import build
from tests.features.identity.firms import DAY, LATER, NOW, firm, lake_with, listed, unified
from tests.features.lakes import add, lake_of
from tests.features.tables import view_of

penalties = Records("penalty")
taxes = Records("tax_payment")
FIRM = "USCC-1"
OLD = "ORG-1"
NAMED = "NAME-1"


def table(text: str) -> pa.Table:
    """An identity table: alias | subject | since | until."""
    rows = []
    for line in text.strip().splitlines():
        alias, subject, since, until = (cell.strip() for cell in line.split("|"))
        rows.append(
            {
                "subject_id": alias, "canonical_id": subject, "since": date.fromisoformat(since),
                "until": date.fromisoformat(until) if until else None, "score": 1.0, "how": "code",
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, MAPPING)


LINKS = """
    ORG-1  | USCC-1 | 2020-03-01 |
    NAME-1 | USCC-1 | 2020-05-01 | 2020-09-01
"""


def answers(
    folder: Path, value: Expression, records: dict[str, str], links: str, subject: str, *days: str
) -> list[Any]:
    lake = lake_of(folder, records)
    spine = pd.DataFrame({"subject_id": subject, "as_of": pd.to_datetime(list(days))})
    found = build(view_of(value), lake, spine, aliases=table(links))
    assert found["subject_id"].tolist() == [subject] * len(days)
    return [None if pd.isna(one) else one for one in found["asked"]]


PENALTIES = {
    "penalty": """
        subject_id | penalty_no | decided_on | kind
        USCC-1     | 1          | 2020-01-10 | fine
        ORG-1      | 2          | 2020-02-10 | fine
        NAME-1     | 3          | 2020-02-20 | warning
        USCC-2     | 4          | 2020-02-20 | warning
    """
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # The day before the first link, the link's day, the second's, and the day it ends.
        (penalties.count(), [1, 2, 3, 2]),
        (penalties["kind"].distinct(), [1, 1, 2, 1]),
    ],
)
def test_records_count_from_the_day_of_the_link(
    tmp_path: Path, value: Expression, expected: list[int]
) -> None:
    days = ("2020-02-29", "2020-03-01", "2020-05-01", "2020-09-01")
    assert answers(tmp_path, value, PENALTIES, LINKS, FIRM, *days) == expected


def test_the_latest_of_all_ids_is_the_latest(tmp_path: Path) -> None:
    records = {
        "tax_payment": """
            subject_id | tax_kind | period_ends_on | tax_paid_cents
            USCC-1     | vat      | 2020-01-31     | 100
            ORG-1      | vat      | 2020-02-15     | 700
        """
    }
    value = taxes["tax_paid_cents"].latest()
    days = ("2020-02-29", "2020-03-01")
    assert answers(tmp_path, value, records, LINKS, FIRM, *days) == [100, 700]


def test_an_old_code_that_is_asked_about_answers_for_the_enterprise(tmp_path: Path) -> None:
    days = ("2020-02-29", "2020-03-01")
    assert answers(tmp_path, penalties.count(), PENALTIES, LINKS, OLD, *days) == [1, 2]


def test_without_a_table_nothing_is_joined(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, PENALTIES)
    spine = pd.DataFrame({"subject_id": [FIRM, OLD], "as_of": [pd.Timestamp("2020-06-01")] * 2})
    asked = view_of(penalties.count())
    empty = MAPPING.empty_table()
    for found in (build(asked, lake, spine), build(asked, lake, spine, aliases=empty)):
        assert found["asked"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(penalties.count(), [None, 1, 2]), (penalties["fine_cents"].sum(), [None, 100, 507])],
)
def test_a_record_that_is_sent_again_under_the_unified_code_counts_once(
    tmp_path: Path, value: Expression, expected: list[int | None]
) -> None:
    records = {
        "penalty": """
            subject_id | penalty_no | decided_on | known      | fine_cents
            ORG-1      | 2          | 2020-02-10 | 2020-02-10 | 100
            USCC-1     | 2          | 2020-02-10 | 2020-06-01 | 500
            USCC-1     | 3          | 2020-02-10 | 2020-06-01 | 7
        """
    }
    days = ("2020-02-29", "2020-05-31", "2020-06-01")
    assert answers(tmp_path, value, records, LINKS, FIRM, *days) == expected


def test_a_repair_under_the_unified_code_hides_the_record_under_the_old_one(tmp_path: Path) -> None:
    records = PENALTIES | {
        "credit_repair": """
            subject_id | repaired_contract | repaired_no | result   | repaired_on
            USCC-1     | penalty           | 2           | repaired | 2020-04-01
        """
    }
    days = ("2020-03-31", "2020-04-01")
    assert answers(tmp_path, penalties.count(), records, LINKS, FIRM, *days) == [2, 1]
    # before the link was known, the repair is nobody's
    assert answers(tmp_path / "b", penalties.count(), records, "ORG-1|USCC-1|2020-05-01|",
                   OLD, "2020-04-01", "2020-05-01") == [1, 1]  # fmt: skip


def test_a_refused_repair_hides_nothing(tmp_path: Path) -> None:
    records = PENALTIES | {
        "credit_repair": """
            subject_id | repaired_contract | repaired_no | result  | repaired_on
            USCC-1     | penalty           | 2           | refused | 2020-04-01
        """
    }
    assert answers(tmp_path, penalties.count(), records, LINKS, FIRM, "2020-04-02") == [2]


def test_a_sole_trader_needs_consent_for_records_under_an_old_number_too(tmp_path: Path) -> None:
    records = {
        "tax_payment": """
            subject_id | tax_kind | period_ends_on | tax_paid_cents
            REG-1      | vat      | 2020-01-31     | 100
        """,
        "consent": """
            subject_id | consent_no | granted_on | kind    | adverse_notice | item_classes
            USCC-92A   | 1          | 2020-06-01 | written | yes            | tax_amount
        """,
    }
    value = taxes["tax_paid_cents"].sum()
    links = "REG-1 | USCC-92A | 2020-03-01 |"
    days = ("2020-05-31", "2020-06-01")
    assert answers(tmp_path, value, records, links, "USCC-92A", *days) == [None, 100]


def test_two_subjects_of_one_id_are_refused() -> None:
    rows = pa.table(
        {"_row": pa.array([0], pa.int64()), "_subject": ["ORG-1"], "_as_of": pa.array([NOW])}
    )
    twice = table("ORG-1 | USCC-1 | 2020-03-01 | \n ORG-1 | USCC-2 | 2020-03-01 |")
    with pytest.raises(FeaturesError, match="two others on one day"):
        linked_rows(rows, twice)
    chain = table("ORG-1 | USCC-1 | 2020-03-01 | \n NAME-1 | ORG-1 | 2020-05-01 |")
    with pytest.raises(FeaturesError, match="itself an alias"):
        linked_rows(rows, chain)
    after = table("ORG-1 | USCC-1 | 2020-03-01 | 2020-05-01 \n NAME-1 | ORG-1 | 2020-05-01 |")
    assert linked_rows(rows, after).num_rows == 2
    with pytest.raises(FeaturesError, match="lacks until"):
        linked_rows(rows, twice.drop_columns(["until"]))
    assert linked_rows(rows.slice(0, 0), after).num_rows == 0


NAME = "北京华信电子有限公司"
ONE, TWO = f"USCC-{unified(1)}", f"USCC-{unified(2)}"


def test_the_table_of_a_workspace_follows_records_and_decisions(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    lake = lake_with(place.lake_dir, [firm(1, NAME)], [listed(NAME, LATER)])
    first = aliases_of(place)
    assert first.select(["canonical_id", "since"]).to_pylist() == [
        {"canonical_id": ONE, "since": LATER}
    ]
    kept = place.features_dir / "identity" / "aliases.parquet"
    stamp = kept.stat().st_mtime_ns
    assert aliases_of(place).equals(first)
    assert kept.stat().st_mtime_ns == stamp
    subject = listed(NAME)["subject_id"]
    assert canonical_on(first, subject, LATER) == ONE
    assert canonical_on(first, subject, DAY) == subject

    spine = pd.DataFrame(
        {"subject_id": [ONE] * 2, "as_of": [pd.Timestamp(LATER), pd.Timestamp(NOW)]}
    )
    asked = view_of(Records("abnormal_operation").count())
    # listed on LATER: an event counts from the day after it
    assert build(asked, lake, spine, aliases=first)["asked"].tolist()[1:] == [1]
    assert build(asked, lake, spine)["asked"].isna().all()

    store_of(place.features_dir).decide(subject, ONE, "rejected", by="王", at=date(2024, 8, 1))
    assert aliases_of(place)["until"].to_pylist() == [date(2024, 8, 1)]
    add(lake, {"registration": [firm(2, NAME, date(2024, 7, 1))]})
    found = aliases_of(place).select(["canonical_id", "since", "until"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        (ONE, LATER, date(2024, 7, 1)),  # then two firms have the name, and nobody is believed
        (TWO, date(2024, 8, 1), None),  # until one of them is rejected
    ]


def test_a_damaged_table_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Workspace(tmp_path)
    lake_with(place.lake_dir, [firm(1, NAME)], [listed(NAME)])
    first = aliases_of(place)
    kept = place.features_dir / "identity" / "aliases.parquet"
    kept.write_bytes(b"no parquet")
    monkeypatch.setattr(aliases, "_made", OrderedDict())  # as another process sees it
    monkeypatch.setattr(aliases, "_read", {})
    assert aliases_of(place).equals(first)
    assert pq.read_table(kept).num_rows == 1
