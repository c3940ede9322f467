"""Paths and files that are refused before they are read, and how names are matched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import SUFFIXES, file_digest, open_source
from data_contracts.intake.readers.header import choose

Read = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_no_file_is_named(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ContractsError, match="No such file"):
        open_source(tmp_path / f"absent{suffix}", ["a"])
    (tmp_path / f"folder{suffix}").mkdir()
    with pytest.raises(ContractsError, match="directory"):
        open_source(tmp_path / f"folder{suffix}", ["a"])
    (tmp_path / f"empty{suffix}").touch()
    with pytest.raises(ContractsError, match="empty"):
        open_source(tmp_path / f"empty{suffix}", ["a"])
    os.mkfifo(tmp_path / f"pipe{suffix}")  # nobody writes: opening it would wait for ever
    with pytest.raises(ContractsError, match="pipe"):
        open_source(tmp_path / f"pipe{suffix}", ["a"])
    with pytest.raises(ContractsError, match="pipe"):
        file_digest(tmp_path / f"pipe{suffix}")
    (tmp_path / f"device{suffix}").symlink_to("/dev/zero")
    with pytest.raises(ContractsError, match="device"):
        open_source(tmp_path / f"device{suffix}", ["a"])
    (tmp_path / f"loop{suffix}").symlink_to(tmp_path / f"loop{suffix}")
    with pytest.raises(ContractsError, match="cannot be read"):
        open_source(tmp_path / f"loop{suffix}", ["a"])
    with pytest.raises(ContractsError, match="cannot be read"):
        open_source(tmp_path / f"a\0b{suffix}", ["a"])


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("x", "without suffix"),
        ("x.xls", r"'.xls' are not read. Expected: .parquet.* or .ndjson. Hint: .*\.xlsx"),
        ("x.xlsm", "macros are refused"),
        ("x.csv.gz", "unpack"),
        ("x.json", "jsonl"),
    ],
)
def test_kinds_that_are_not_read(tmp_path: Path, name: str, match: str) -> None:
    with pytest.raises(ContractsError, match=match):
        open_source(tmp_path / name, ["a"])


@pytest.mark.parametrize(
    ("start", "match"),
    [(b"PK\x03\x04", "workbook or ZIP"), (b"PAR1", "Parquet"), (b"\x1f\x8b\x08", "gzip")],
)
def test_another_kind_under_the_name_of_text(
    read: Read, write: Write, start: bytes, match: str
) -> None:
    for name in ("f.csv", "f.jsonl"):
        with pytest.raises(ContractsError, match=match):
            read(write(start + b"a,b\n1,2\n", name))


def test_a_link_is_followed_within_its_own_folder_only(tmp_path: Path, read: Read) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for folder in (tmp_path, inbox):
        (folder / "own.csv").write_text("a,b\n1,2\n")
    (inbox / "inner.csv").symlink_to("own.csv")
    assert read(inbox / "inner.csv")[0]["b"] == "2"
    # The folder itself may be reached by a link: whoever named the path chose it.
    (tmp_path / "other").symlink_to(inbox)
    assert read(tmp_path / "other" / "inner.csv")[0]["b"] == "2"
    for name, target in (("up.csv", "../own.csv"), ("away.csv", str(tmp_path / "own.csv"))):
        (inbox / name).symlink_to(target)
        with pytest.raises(ContractsError, match="a link that leads out of its folder") as caught:
            read(inbox / name)
        assert target not in str(caught.value)


def test_a_path_that_leaves_the_base_is_refused(tmp_path: Path, read: Read) -> None:
    base = tmp_path / "inbox"
    base.mkdir()
    (tmp_path / "other.csv").write_text("a\n1\n2\n")
    (base / "own.csv").write_text("a,b\n1,2\n")
    (base / "link.csv").symlink_to(tmp_path / "other.csv")
    (tmp_path / "inbox2").mkdir()
    (tmp_path / "inbox2" / "f.csv").write_text("a,b\n1,2\n")
    assert read(base / "own.csv", base=base)[0]["a"] == "1"
    assert read(base / ".." / "inbox" / "own.csv", base=base)[0]["a"] == "1"
    (base / "inner.csv").symlink_to(base / "own.csv")
    assert read(base / "inner.csv", base=base)[0]["b"] == "2"
    for path in (
        base / ".." / "other.csv",
        base / "link.csv",
        tmp_path / "inbox2" / "f.csv",
        Path("/etc/passwd.csv"),
    ):
        with pytest.raises(ContractsError, match="leaves the folder"):
            read(path, base=base)


def test_names_are_matched_without_blanks_and_widths(read: Read, write: Write) -> None:
    path = write("\ufeff\ufeff 名称\u3000,金额（万元）\u00a0,Ａ,A\n甲,1,2,3\n")
    assert read(path, ["名称", "金额(万元)"]) == [{"_line": 2, "名称": "甲", "金额(万元)": "1"}]
    assert open_source(path).names == ("名称", "金额（万元）", "Ａ", "A")
    assert read(path, ["A"])[0]["A"] == "3"  # equal as it stands goes first
    assert read(path, ["Ａ"])[0]["Ａ"] == "2"
    with pytest.raises(ContractsError, match="column a: 1 column"):
        read(path, ["a"])


def test_choosing_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    assert choose(path, ["x", "", "y"], ["y", "x", "y"], 1).places == (2, 0)
    assert choose(path, ["x", "", "y"], None, 1).wanted == ("x", "unnamed_2", "y")
    for header, wanted, match in (
        (["x ", "x\u3000"], ["x"], "column x: a column name occurs twice"),
        (["Ｘ", "Ｘ "], ["X"], "column X: a column name occurs twice"),
        (["_line", "x"], None, "column _line: the column name"),
        (["x"], [], "no column is asked for"),
        (["x"] * 20_000, ["x"], "more than 16,384 columns"),
    ):
        with pytest.raises(ContractsError, match=match):
            choose(path, header, wanted, 1)
