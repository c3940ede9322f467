"""Every form of the mapping language by values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from data_contracts.intake.mapping import forms
from data_contracts.intake.mapping import functions as mapping_functions
from data_contracts.intake.mapping.functions import numeral


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        mapping_functions.register(opened)
        opened.execute("CREATE TABLE t (x VARCHAR)")
        yield opened


def read(connection: duckdb.DuckDBPyConnection, sql: str, text: str | None) -> Any:
    connection.execute("DELETE FROM t")
    connection.execute("INSERT INTO t VALUES (?)", [text])
    return connection.execute(f"SELECT {sql} FROM t").fetchall()[0][0]


@pytest.mark.parametrize(
    ("form", "text", "last", "first"),
    [
        ("YYYY-MM-DD", "2023-04-20", date(2023, 4, 20), None),
        ("YYYY-MM-DD", "2007-04-27 00:00:00.000", date(2007, 4, 27), None),
        ("YYYY-MM-DD", "2023-02-30", None, None),
        ("YYYY/M/D", "2020/4/15 14:02:54", date(2020, 4, 15), None),
        ("YYYY/M/D", "2023/07/04", date(2023, 7, 4), None),
        ("YYYY.M.D", "2021.5.1", date(2021, 5, 1), None),
        ("YYYY年M月D日", "2020年11月10日", date(2020, 11, 10), None),
        ("YYYY年M月D日", "2020 年 5 月 9 日", date(2020, 5, 9), None),
        ("YYYYMMDD", "20240229", date(2024, 2, 29), None),
        ("YYYYMMDD", "20240229103000", date(2024, 2, 29), None),
        ("YYYYMMDD", "20230229", None, None),
        ("D/M/YYYY", "29/6/2023 00:00:00", date(2023, 6, 29), None),
        ("D/M/YYYY", "6/29/2023", None, None),
        ("M/D/YYYY", "6/29/2023", date(2023, 6, 29), None),
        ("YYYY-MM", "2024-02", date(2024, 2, 29), date(2024, 2, 1)),
        ("YYYYMM", "202311", date(2023, 11, 30), date(2023, 11, 1)),
        ("YYYY年M月", "2021年度5  月", date(2021, 5, 31), date(2021, 5, 1)),
        ("YYYY年M月", "2020年度11 月", date(2020, 11, 30), date(2020, 11, 1)),
        ("YYYY", "2018年", date(2018, 12, 31), date(2018, 1, 1)),
        ("excel", "45271", date(2023, 12, 11), None),
        ("excel", "44806.5", date(2022, 9, 2), None),
        ("excel", "1", None, None),
        ("scientific", "2.02311E+13", date(2023, 11, 30), date(2023, 11, 1)),
        ("scientific", "2.0231E+13", date(2023, 10, 31), date(2023, 10, 1)),
        ("scientific", "2.0191E+13", date(2019, 10, 31), date(2019, 10, 1)),
        ("scientific", "2.0240229E+7", date(2024, 2, 29), None),
        ("scientific", "1.10117E+14", None, None),
    ],
)
def test_dates(
    connection: duckdb.DuckDBPyConnection, form: str, text: str, last: Any, first: Any
) -> None:
    assert read(connection, forms.date_of("x", [form], "last"), text) == last
    assert read(connection, forms.date_of("x", [form], "first"), text) == (first or last)


def test_the_first_form_that_fits_is_read(connection: duckdb.DuckDBPyConnection) -> None:
    sql = forms.date_of("x", ["YYYY-MM-DD", "excel"], "last")
    assert read(connection, sql, "2022-10-13") == date(2022, 10, 13)
    assert read(connection, sql, "44842") == date(2022, 10, 8)
    assert read(connection, sql, "13/10/2022") is None


@pytest.mark.parametrize(
    ("unit", "text", "cents"),
    [
        ("yuan", "33472.73", 3_347_273),
        ("yuan", "8000", 800_000),
        ("yuan", "1,234,567.89", 123_456_789),
        ("yuan", "12,34", None),
        ("yuan", "¥1,050.00元", 105_000),
        ("yuan", "人民币20000元整", 2_000_000),
        ("yuan", "3.62万元", 3_620_000),
        ("yuan", "-5.5", -550),
        ("yuan", "(123.45)", -12_345),
        ("yuan", "(123.45", None),
        ("yuan", "0.005", 1),
        ("yuan", "1e5", None),
        ("yuan", "NaN", None),
        ("yuan", "", None),
        ("万元", "5.023800", 5_023_800),
        ("万元", "0.36", 360_000),
        ("万元", "500元", 50_000),
        ("千元", "2", 200_000),
        ("cents", "105000", 105_000),
        ("yuan", "贰万元", 2_000_000),
        ("yuan", "五千五百八十元", 558_000),
        ("yuan", "伍仟元", 500_000),
        ("yuan", "四万七千元", 4_700_000),
        ("yuan", "3万5千元", 3_500_000),
        ("yuan", "壹拾元伍角", 1_050),
        ("yuan", "若干元", None),
        ("yuan", "9" * 16, None),
    ],
)
def test_amounts(connection: duckdb.DuckDBPyConnection, unit: str, text: str, cents: Any) -> None:
    assert read(connection, forms.cents_of("x", unit), text) == cents


def test_a_sign_may_be_turned(connection: duckdb.DuckDBPyConnection) -> None:
    assert read(connection, forms.cents_of("x", "yuan", negate=True), "12.30") == -1230


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("十五万", 150_000), ("一亿二千万", 120_000_000), ("一百零五", 105), ("二零二零", None),
     ("元", None), ("万", None), ("十百", None), ("一二", None), ("一" * 50, None),
     ("壹万贰仟叁佰肆拾伍元陆角柒分", Decimal("12345.67")), ("10十万元", 1_000_000)],
)  # fmt: skip
def test_numerals(text: str, yuan: Any) -> None:
    assert numeral(text) == yuan


@pytest.mark.parametrize(
    ("sql", "text", "value"),
    [
        (forms.integer_of("x"), "1,234", 1234),
        (forms.integer_of("x"), "42.0", 42),
        (forms.integer_of("x"), "42.5", None),
        (forms.integer_of("x", 0.01), "4200", 42),
        (forms.integer_of("x", 0.01), "4250", None),
        (forms.float_of("x"), "3617.73", 3617.73),
        (forms.float_of("x", 0.01), "50", 0.5),
        (forms.float_of("x"), "1.5E2", 150.0),
        (forms.float_of("x"), "inf", None),
        (forms.truth_of("x", None, None), "是", True),
        (forms.truth_of("x", None, None), "n", False),
        (forms.truth_of("x", ["已完成"], ["未完成"]), "已完成", True),
        (forms.truth_of("x", ["已完成"], ["未完成"]), "是", None),
        (forms.clean("x"), " 　北京昊屹　", "北京昊屹"),
        (forms.clean("x"), "记\t2\n分", "记 2 分"),
        (forms.clean("x"), " 　", None),
        (forms.half_width("x"), "９１Ａ（甲）", "91A(甲)"),
    ],
)
def test_other_forms(
    connection: duckdb.DuckDBPyConnection, sql: str, text: str, value: Any
) -> None:
    assert read(connection, sql, text) == value
