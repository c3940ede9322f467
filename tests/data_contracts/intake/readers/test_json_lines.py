"""JSON Lines: flat objects as text, or what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import open_source

Read = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]


def test_cells_are_text_as_written(read: Read, write: Write) -> None:
    path = write(
        '\ufeff{"a": 1.50, "b": "x"}\r\n\n  \n'
        '{"b": "\\u7532\\n", "a": 12345678901234567890123}\n'
        '{"c": true, "a": null, "b": ""}\n{"c": false, "a": -1E+05, "b": "=1"}',
        "f.jsonl",
    )
    assert open_source(path).names == ("a", "b", "c")
    assert read(path) == [
        {"_line": 1, "a": "1.50", "b": "x", "c": None},
        {"_line": 4, "a": "12345678901234567890123", "b": "甲\n", "c": None},
        {"_line": 5, "a": None, "b": None, "c": "true"},
        {"_line": 6, "a": "-1E+05", "b": "=1", "c": "false"},
    ]


def test_gb18030_is_found_here_too(read: Read, write: Write) -> None:
    path = write('{"名称": "甲公司"}\n'.encode("gb18030"), "f.ndjson")
    assert read(path, ["名称"]) == [{"_line": 1, "名称": "甲公司"}]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ('{"a": "secret"}\n{"a": {"b": "secret"}}', "line 2, column a: a value is nested"),
        ('{"a": ["secret"]}', "line 1, column a: a value is nested"),
        ('{"a": []}', "line 1, column a: a value is nested"),
        ('{"a": ' + "[" * 15_000 + "]" * 900, "line 1: (a value is nested|the line is no JSON)"),
        ('{"a": 1}\n\n{"a": "secret", "b": 1, "a": 2}', "line 3, column a: a key occurs twice"),
        ('{"a": 1}\n["secret"]', "line 2: the line holds no JSON object"),
        ('{"a": 1}\n"secret"', "line 2: the line holds no JSON object"),
        ('{"a": 1}\n{"a": "secr', "line 2: the line is no JSON"),
        ('{"a": 1} {"a": 2}', "line 1: the line is no JSON"),
        ('{"a": NaN}', "line 1: the line is no JSON"),
        ('{"a": -Infinity}', "line 1: the line is no JSON"),
        ('{"a": 01}', "line 1: the line is no JSON"),
        ('{"a": "x\\u0000secret"}', "line 1, column a: the text holds a NUL"),
        ('{"a": "\\ud800"}', "line 1: an escape stands for half a character"),
        ('{"\\ud800": 1}', "line 1: an escape stands for half a character"),
        ('{"b": 1}', "column a: 1 column.s. missing"),
        ("\n  \n", "no rows"),
        ('{"a": "' + "x" * 2000 + '"}', "line 1, column a: a cell takes more than 1,000 bytes"),
        ('{"a": ' + "1" * 2000 + "}", "line 1, column a: a cell takes more than 1,000 bytes"),
        ('{"a": 1}\n{"a": "' + "x" * 20_000 + '"}', "line 2: a cell or the whole row"),
        ('{"a": 1, "a ": 2}', "column a: a column name occurs twice"),
    ],
)
def test_what_is_refused(read: Read, write: Write, content: str, match: str) -> None:
    with pytest.raises(ContractsError, match=match) as caught:
        read(write(content, "f.jsonl"), ["a"], max_cell_bytes=1000)
    assert "secr" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_parts_follow_one_another(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_contracts.intake.readers.guards.ROWS_A_PART", 4)
    path = write("".join(f'{{"a": {n}}}\n' for n in range(10)), "f.jsonl")
    parts = list(open_source(path).parts)
    assert [part.num_rows for part in parts] == [4, 4, 2]
    assert parts[2].to_pylist() == [{"_line": 9, "a": "8"}, {"_line": 10, "a": "9"}]
