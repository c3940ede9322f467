"""The shipped files are drawn from their sources, reproducibly."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.load import check_portfolio
from data_contracts.portfolios import portfolio
from data_contracts.portfolios.sampling import STEP, write_cards, write_sample

SHIPPED = portfolio("sba").shipped


def numbers(path: Path) -> set[int]:
    return set(pq.read_table(path, columns=["LoanNr_ChkDgt"]).column(0).to_pylist())


def test_a_smaller_sample_is_part_of_a_larger_one(tmp_path: Path) -> None:
    """As many loans as fit: a size that is one byte short gives fewer."""
    small, large, less = (tmp_path / f"{n}.parquet" for n in range(3))
    few, many = write_sample(SHIPPED, small, 30_000), write_sample(SHIPPED, large, 60_000)
    assert small.stat().st_size <= 30_000
    assert large.stat().st_size <= 60_000
    assert STEP <= few < many
    assert len(numbers(small)) == few
    assert numbers(small) < numbers(large)
    assert write_sample(SHIPPED, less, small.stat().st_size - 1) < few
    assert write_sample(SHIPPED, less, small.stat().st_size) == few
    assert less.read_bytes() == small.read_bytes()


def test_a_source_that_fits_whole_is_taken_whole(
    tmp_path: Path, sba_row: Callable[..., dict[str, Any]], write_csv: Callable[..., Path]
) -> None:
    """Broken rows stay as they fall; rows outside the years do not enter."""
    rows = [sba_row(LoanNr_ChkDgt=str(1000000000 + n), MIS_Status="") for n in range(3)]
    rows.append(sba_row(ApprovalDate="1985-01-01"))
    out = tmp_path / "out.parquet"
    assert write_sample(write_csv(rows), out) == 3
    result = check_portfolio("sba", out)
    assert result.by_rule == {"loan_outcome.status.required": 3}


def test_a_sample_that_cannot_be_drawn(
    tmp_path: Path, sba_row: Callable[..., dict[str, Any]], write_csv: Callable[..., Path]
) -> None:
    out = tmp_path / "out.parquet"
    with pytest.raises(ContractsError, match="not even 100 loans"):
        write_sample(SHIPPED, out, 500)
    with pytest.raises(ContractsError, match="column Zip"):
        write_sample(write_csv([sba_row(Zip="03801")]), out)
    assert not out.exists()


def test_sampled_rows_read_as_in_the_file(tmp_path: Path) -> None:
    """Every column of a sampled loan is that of the same loan in the source."""
    out = tmp_path / "out.parquet"
    write_sample(SHIPPED, out, 20_000)
    key = [("LoanNr_ChkDgt", "ascending")]
    drawn = pq.read_table(out).sort_by(key)
    source = pq.read_table(SHIPPED)
    same = source.filter(
        pa.compute.is_in(
            source.column("LoanNr_ChkDgt"), drawn.column("LoanNr_ChkDgt").combine_chunks()
        )
    ).sort_by(key)
    assert drawn.equals(same.select(drawn.column_names))


@pytest.mark.real
def test_the_shipped_sample_is_reproduced(tmp_path: Path) -> None:
    source = Path(os.environ["XINQIAO_DATA"]) / "sba_loans" / "loans.parquet"
    out = tmp_path / "sample.parquet"
    assert write_sample(source, out) == 145_900
    assert out.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.real
def test_the_shipped_clients_are_those_of_the_source(tmp_path: Path) -> None:
    source = Path(os.environ["XINQIAO_DATA"]) / "uci_card_default" / "clients.parquet"
    out = tmp_path / "cards.parquet"
    assert write_cards(source, out) == 30_000
    shipped = portfolio("cards").shipped
    assert out.read_bytes() == shipped.read_bytes()
    table = pq.read_table(source)
    assert pq.read_table(shipped).cast(table.schema).equals(table)


@pytest.mark.real
def test_the_full_file_is_judged() -> None:
    source = Path(os.environ["XINQIAO_DATA"]) / "sba_loans" / "loans.parquet"
    result = check_portfolio("sba", source)
    assert (result.rows, result.accepted, result.quarantined) == (820_395, 735_792, 84_603)
    assert result.by_rule["sba.approval.window"] == 78_797
