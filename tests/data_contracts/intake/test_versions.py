"""Only what is new is written, and only if the key is unique."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.catalogue import contract
from data_contracts.intake.lake import Lake
from data_contracts.intake.versions import Changes, write_versions

ACCOUNT = contract("card_account")


def accounts(limits: dict[int, int]) -> pa.Table:
    rows = [
        {
            "account_no": f"CARD-{no}",
            "subject_id": f"CARD-{no}",
            "credit_limit_cents": limit,
            "observed_on": date(2005, 9, 30),
        }
        for no, limit in limits.items()
    ]
    table = pa.Table.from_pylist(rows, schema=ACCOUNT.arrow_schema())
    table = table.append_column("_known", table.column("observed_on"))
    return table.append_column("_line", pa.array(range(1, len(rows) + 1), pa.int64()))


def test_no_file_is_made_when_nothing_is_new(tmp_path: Path) -> None:
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    table = accounts({1: 100, 2: 200})
    day = date(2010, 1, 1)
    made = write_versions(ACCOUNT, Changes(table.to_reader()), None, "a" * 64, day, first)
    assert (made.given, made.records) == (2, 2)
    committed = f"(SELECT * FROM read_parquet('{first}'))"
    made = write_versions(ACCOUNT, Changes(table.to_reader()), committed, "b" * 64, day, second)
    assert (made.given, made.records) == (2, 0)
    assert not second.exists()
    assert pq.read_schema(first).equals(ACCOUNT.arrow_schema(system=True))


@settings(max_examples=10, deadline=None)
@given(
    deliveries=st.lists(
        st.dictionaries(st.integers(0, 3), st.integers(1, 3), max_size=4), min_size=1, max_size=4
    )
)
def test_the_latest_version_is_always_what_was_last_delivered(
    tmp_path_factory: object, deliveries: list[dict[int, int]]
) -> None:
    """Against a plain model: a dictionary per key, a version only where the value changes."""
    lake = Lake(tmp_path_factory.mktemp("lake"))  # type: ignore[attr-defined]
    model: dict[int, list[int]] = {}
    for place, delivery in enumerate(deliveries):
        lake.commit({"card_account": accounts(delivery)}, f"{place:064x}")
        for key, limit in delivery.items():
            history = model.setdefault(key, [])
            if not history or history[-1] != limit:
                history.append(limit)
    found: dict[int, dict[int, int]] = {}
    for row in lake.read("card_account").to_pylist():
        key = int(row["account_no"].removeprefix("CARD-"))
        found.setdefault(key, {})[row["_version"]] = row["credit_limit_cents"]
    assert found == {key: dict(enumerate(h, start=1)) for key, h in model.items()}
