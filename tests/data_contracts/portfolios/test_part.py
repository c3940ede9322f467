"""A part of a shipped file: whole rows, always the same, a smaller one within a larger one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.load import check_portfolio
from data_contracts.portfolios import portfolio
from data_contracts.portfolios.part import SALT, write_part


def test_rows_are_those_with_the_lowest_hash_of_their_key(tmp_path: Path) -> None:
    cards = portfolio("cards")
    whole = pd.read_parquet(cards.shipped).set_index("ID")
    part = pd.read_parquet(write_part(cards, tmp_path / "part.parquet", 300)).set_index("ID")
    hashes = {key: hashlib.md5(f"{SALT}|{key}".encode()).hexdigest() for key in whole.index}
    assert list(part.index) == sorted(hashes, key=lambda key: hashes[key])[:300]
    pd.testing.assert_frame_equal(part, whole.loc[part.index], check_index_type=False)


@pytest.mark.parametrize("name", ["cards", "sba"])
def test_a_smaller_part_lies_within_a_larger_one_and_can_be_taken_in(
    name: str, tmp_path: Path
) -> None:
    declared = portfolio(name)
    small, large = (write_part(declared, tmp_path / f"{rows}.parquet", rows) for rows in (50, 200))
    key = list(declared.key)
    keys = [set(pd.read_parquet(path)[key].itertuples(index=False)) for path in (small, large)]
    assert keys[0] < keys[1]
    judged = check_portfolio(name, large)
    assert judged.rows == 200 == judged.accepted + judged.quarantined


def test_more_than_there_is_gives_all_and_none_is_refused(tmp_path: Path) -> None:
    cards = portfolio("cards")
    whole = write_part(cards, tmp_path / "all.parquet", 10**6)
    assert len(pd.read_parquet(whole)) == 30_000
    with pytest.raises(ContractsError, match="at least one row"):
        write_part(cards, tmp_path / "none.parquet", 0)
