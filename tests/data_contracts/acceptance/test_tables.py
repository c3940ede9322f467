"""The institution's own tables: what is read, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.acceptance.fields import FIELDS
from data_contracts.acceptance.tables import read_collected, read_own_table
from data_contracts.errors import ContractsError


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "own.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_titles_forms_and_a_chinese_encoding(tmp_path: Path) -> None:
    text = (
        '字段,取值,账户数\n账户状态,1,"1,200"\n账户状态,3,5\n开户日期,2023/5,7\n开户日期,2023-12,8\n'
        '授信额度,"20,000.50",3\n到期日期,,4\n违约次数,03,9\n业务种类细分,11,2\n'
    )
    own = read_own_table(write(tmp_path, text, "gb18030"))
    assert own.counts == {
        "account_status": {"1": 1200, "3": 5},
        "opened_on": {"2023-05": 7, "2023-12": 8},
        "limit_yuan": {"2000050": 3},
        "due_on": {"": 4},
        "overdue_count": {"3": 9},
        "business_detail": {"11": 2},
    }
    assert own.forms == {"opened_on": 7}


@pytest.mark.parametrize(
    ("rows", "line", "column", "problem"),
    [
        ("colour,red,1", 2, "field", "no field that is compared"),
        ("account_status,1,5\naccount_status,99,5", 3, "value", "no value of account_status"),
        ("account_status,1,many", 2, "count", "no count"),
        ("account_status,1,-3", 2, "count", "no count"),
        ("account_status,1,1.5", 2, "count", "no count"),
        ("account_status,1,5\naccount_status,1,6", 3, "value", "twice"),
        ("opened_on,2023,5\nopened_on,2023-05,5", 3, "value", "different forms"),
        ("opened_on,2023-13,5", 2, "value", "no value of opened_on"),
        ("limit_yuan,1.234,5", 2, "value", "no value of limit_yuan"),
        ("overdue_count,-1,5", 2, "value", "no value of overdue_count"),
    ],
)
def test_a_fault_is_told_with_file_line_and_field(
    tmp_path: Path, rows: str, line: int, column: str, problem: str
) -> None:
    path = write(tmp_path, f"field,value,count\n{rows}\n")
    with pytest.raises(ContractsError, match=problem) as caught:
        read_own_table(path)
    assert (caught.value.file, caught.value.line, caught.value.column) == (str(path), line, column)


@pytest.mark.parametrize("header", ["field,value", "field,value,count,数量", "a,b,c"])
def test_the_columns_must_be_there_once(tmp_path: Path, header: str) -> None:
    path = write(tmp_path, f"{header}\naccount_status,1,2,3\n"[: len(header) + 20])
    with pytest.raises(ContractsError) as caught:
        read_own_table(path)
    assert caught.value.file == str(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractsError) as caught:
        read_own_table(tmp_path / "none.csv")
    assert "none.csv" in str(caught.value)


def test_collection_rates_as_shares_or_percent(tmp_path: Path) -> None:
    path = write(tmp_path, "item,rate\nemployer,0.95\n居住地址,87.5%\nsex,100 %\n")
    assert read_collected(path) == {"employer": 0.95, "residence_address": 0.875, "sex": 1.0}


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ("hobby,0.5", 2, "item"),
        ("employer,95", 2, "rate"),
        ("employer,-0.1", 2, "rate"),
        ("employer,nan", 2, "rate"),
        ("employer,x", 2, "rate"),
        ("employer,0.5\n单位名称,0.5", 3, "item"),
    ],
)
def test_collection_rates_that_are_none(tmp_path: Path, rows: str, line: int, column: str) -> None:
    path = write(tmp_path, f"item,rate\n{rows}\n")
    with pytest.raises(ContractsError) as caught:
        read_collected(path)
    assert (caught.value.file, caught.value.line, caught.value.column) == (str(path), line, column)


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_no_text_breaks_a_field(text: str) -> None:
    for field in FIELDS:
        plain = field.plain(text)
        assert plain is None or field.plain(plain) is not None
