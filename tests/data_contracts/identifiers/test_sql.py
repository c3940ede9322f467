"""The SQL conditions judge as the validators do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.identifiers import (
    KINDS,
    check,
    normalise,
    organisation_code,
    resident_id,
    sql,
    uscc,
)
from data_contracts.identifiers.folding import folds

EXAMPLES = {
    "uscc": [
        "91110000600037341L",
        "91640100MA774ECW4K",
        "N2110105MF00000058",
        "91330000799655058B",
    ],
    "organisation_code": ["60003734-1", "600037341", "MA774ECW-4"],
    "registration_no": ["440301103097413", "4403011030974"],
    "organisation_no": [
        "91110000600037341L",
        "60003734-1",
        "600037341",
        "440301103097413",
        "4403011030974",
    ],
    "resident_id": ["11010519491231002X", "110105491231002", "81000019940823002X"],
    "institution_code": ["C1010211000012"],
    "bank_card": ["6222021234567894", "4111111111111111", "622202123456789012", "123456789015"],
    "mobile": ["13800138000"],
    "postcode": ["528400"],
    "lei": ["213800KUD8LAJWSQ9D15"],
    "cnaps": ["102100099996"],
    "credit_code": ["4420010000012345", "G1044010100012345X"],
    "area": ["442000", "110103", "440106"],
    "industry": ["C1311", "1311", "A01", "7010"],
}
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcxz-０９Ａｘ①⑩ ٣Ⅷß\u0301\u3000\x00中'"


def judged(kind: str, texts: list[str | None], on: date | None = None) -> list[bool | None]:
    incoming = pa.table({"x": pa.array(texts, pa.string())})
    with duckdb.connect() as connection:
        connection.register("incoming", incoming)
        query = f"SELECT {sql.valid(kind, 'x', on=on)} FROM incoming"
        return [row[0] for row in connection.execute(query).fetchall()]


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """A number with right check digits over drawn parts."""
    if draw(st.booleans()):
        area = draw(st.sampled_from(["110105", "442000", "110103", "810000", "999999"]))
        day = draw(st.dates(date(1890, 1, 1), date(2030, 1, 1)))
        body = f"{area}{day:%Y%m%d}{draw(st.integers(0, 999)):03d}"
        return body + resident_id.check_digit(body)
    head = draw(st.sampled_from(["91", "92", "N2", "A1", "1Y"]))
    area = draw(st.sampled_from(["110105", "100000", "990000"]))
    organisation = draw(st.text(uscc.ALPHABET, min_size=8, max_size=8))
    digit = organisation_code.check_digit(organisation)
    body = head + area + organisation + digit
    return body + uscc.check_character(body)


@st.composite
def corrupted(draw: st.DrawFn) -> str:
    """An example or made number, with up to two characters changed, dropped or put in."""
    text = draw(st.sampled_from([text for texts in EXAMPLES.values() for text in texts]) | bodies())
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        kept = draw(st.integers(0, 1))
        text = text[:place] + draw(st.sampled_from(["", *CHARACTERS])) + text[place + kept :]
    return draw(st.sampled_from(["", " ", "\t", "\u2003"])) + text


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


ALL_KINDS = ", ".join(sql.valid(kind, "x") for kind in KINDS)


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(corrupted() | st.text(max_size=20), min_size=20, max_size=40))
def test_sql_and_python_agree(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    connection.register("drawn", pa.table({"x": pa.array(texts, pa.string())}))
    found = connection.execute(f"SELECT {ALL_KINDS} FROM drawn").fetchall()
    assert found == [tuple(check(kind, text).ok for kind in KINDS) for text in texts]


@pytest.mark.parametrize("kind", KINDS)
def test_examples_null_and_every_change_of_one_character(kind: str) -> None:
    texts = [
        text[:place] + other + text[place + 1 :]
        for text in EXAMPLES[kind]
        for place in range(len(text))
        for other in CHARACTERS
    ]
    texts += EXAMPLES[kind] + [" " * 500 + text for text in EXAMPLES[kind]] + ["", "7" * 100_000]
    assert judged(kind, [*texts]) == [check(kind, text).ok for text in texts]
    assert any(check(kind, text).ok for text in texts)
    assert judged(kind, [None]) == [None]


@pytest.mark.parametrize("kind", ["area", "industry"])
def test_every_code_of_a_table(kind: str) -> None:
    texts = [f"{code:06d}" for code in range(0, 1_000_000, 7)] if kind == "area" else []
    if kind == "industry":
        digits = [f"{n:0{size}d}" for size in (2, 3, 4) for n in range(10**size)]
        texts = digits + [letter + code for letter in "ACKTU" for code in digits[::3]]
    assert judged(kind, [*texts]) == [check(kind, text).ok for text in texts]


def test_the_day_is_the_last_birth_date() -> None:
    body = "11010520240102001"
    number = body + resident_id.check_digit(body)
    assert judged("resident_id", [number], date(2024, 1, 2)) == [True]
    assert judged("resident_id", [number], date(2024, 1, 1)) == [False]


def test_historic_areas_end_with_their_year() -> None:
    from data_contracts.codes.areas import known_until

    texts = []
    for code, last in known_until().items():
        for year in (last, last + 1) if last else (1950, 2026):
            body = f"{code}{year}0101001"
            texts.append(body + resident_id.check_digit(body))
    on = date(2026, 6, 30)
    expected = [resident_id.check(text, on=on).ok for text in texts]
    assert judged("resident_id", [*texts], on) == expected
    assert 0 < sum(expected) < len(texts)


def test_the_table_of_folding_characters_is_whole() -> None:
    everything = (chr(p) for p in range(0x80, 0x110000) if not 0xD800 <= p < 0xE000)
    expected = {
        c: folded
        for c in everything
        if (folded := unicodedata.normalize("NFKC", c).upper()).isascii()
    }
    assert folds() == expected


def test_normal_is_the_normal_form_of_what_becomes_ascii() -> None:
    texts = [f"{edge}9{c}x{edge}" for c in folds() for edge in ("", " ", "\u3000")]
    texts += ["中山市 ", "abc", "", "  ", "o'hara"]
    with duckdb.connect() as connection:
        connection.register("incoming", pa.table({"x": texts}))
        query = f"SELECT {sql.normal('x')} FROM incoming"
        found = [row[0] for row in connection.execute(query).fetchall()]
        assert connection.execute(f"SELECT {sql.normal('NULL::VARCHAR')}").fetchall() == [(None,)]
    assert found == [normalise(text) for text in texts]


def test_a_column_name_may_be_quoted_and_an_unknown_kind_is_named() -> None:
    with duckdb.connect() as connection:
        condition = sql.valid("postcode", '"my ""code"')
        query = f"""SELECT count(*) FROM (SELECT '528400' AS "my ""code") WHERE {condition}"""
        assert connection.execute(query).fetchall() == [(1,)]
    with pytest.raises(ContractsError, match="no kind"):
        sql.valid("passport", "x")
