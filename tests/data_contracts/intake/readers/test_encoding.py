"""UTF-8 or GB18030, decided on the whole file before a row is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import ReadOptions, open_source, scan_file

Read = Callable[..., list[dict[str, Any]]]
Write = Callable[..., Path]
TEXT = "名称,金额\n北京甲公司,1\n㐀𠀀,2\n"  # the last name needs four bytes in GB18030


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found(read: Read, write: Write, encoding: str) -> None:
    path = write(TEXT.encode(encoding))
    assert read(path, ["名称"]) == [
        {"_line": 2, "名称": "北京甲公司"},
        {"_line": 3, "名称": "㐀𠀀"},
    ]
    assert scan_file(path).encoding == ("gb18030" if encoding == "gb18030" else "utf-8")


def test_what_is_valid_utf8_is_utf8(read: Read, write: Write) -> None:
    path = write("a,b\n1,é\n")  # in GB18030 these bytes are a Chinese character
    assert read(path, ["b"])[0]["b"] == "é"
    assert read(path, ["b"], encoding="GBK")[0]["b"] == "é".encode().decode("gb18030")


def test_gb18030_that_shows_late_and_across_blocks(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(f"{n},plain\n" for n in range(50)) + "51,公司\n52,末\n"
    path = write(("a,b\n" + body).encode("gb18030"))
    for block in (7, 16, 33):
        monkeypatch.setattr("data_contracts.intake.readers.guards.BLOCK", block)
        assert scan_file(path).encoding == "gb18030"
    monkeypatch.undo()
    rows = read(path, ["b"])
    assert (rows[-2], rows[-1]["b"]) == ({"_line": 52, "b": "公司"}, "末")


@pytest.mark.parametrize(
    ("content", "options", "match"),
    [
        (TEXT.encode("gb18030"), {"encoding": "utf-8"}, "line 1: the text is not UTF-8"),
        (b"a,b\n1,2\n3,\xff\n", {"encoding": "gb18030"}, "line 3: the text is not GB18030"),
        (b"a,b\n1,2\n3,\xff\n", {}, "line 3: the text is not UTF-8. .* or GB18030"),
        (TEXT.encode("utf-8")[:-5], {}, "line 3: the text is not UTF-8"),
        (TEXT.encode("gb18030")[:-5], {}, "the text is not UTF-8"),
        (TEXT.encode("utf-16"), {}, "UTF-16, .*CSV UTF-8"),
        (TEXT.encode("utf-16-be"), {}, "NUL|UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), {}, "line 1: the text holds a NUL"),
    ],
)
def test_a_wrong_encoding_is_refused_with_its_line(
    read: Read, write: Write, content: bytes, options: dict[str, Any], match: str
) -> None:
    with pytest.raises(ContractsError, match=match) as caught:
        read(write(content), ["名称"], **options)
    assert "甲" not in str(caught.value)
    assert caught.value.__cause__ is None  # its object would hold the bytes


def test_utf8_with_one_damaged_byte_is_not_taken_for_gb18030(read: Read, write: Write) -> None:
    whole = "名称,b\n甲公司有限责任司,1\n公司公司,2\n".encode()
    at = whole.rindex("公司公司".encode())
    damaged = whole[:at] + whole[at + 2 :]  # the rest pairs up as GB18030
    damaged.decode("gb18030")
    with pytest.raises(ContractsError, match="line 3: the text is not UTF-8"):
        read(write(damaged), ["b"])


LAW = (
    "名稱,登記日期,資本額\n臺灣積體電路製造股份有限公司,076/02/21,280500000000\n"
    "本法所稱公司,謂以營利為目的、依照本法組織、登記、成立之社團法人,1\n"
)
"""Article 1 of the Company Act and a company's entry, as their offices write them."""


@pytest.mark.parametrize(
    "text",
    [
        LAW,
        "名稱,金額\n甲公司,1\n",
        "id,name\n" + "1,plain\n" * 50_000 + "2,有限公司\n",
        '"統一編號","公司名稱","公司所在地"\n"1","鴻海精密工業股份有限公司","新北市土城區自由街2號"\n',
    ],
)
def test_big5_is_refused_by_name_and_read_when_it_is_named(
    read: Read, write: Write, text: str
) -> None:
    content = text.encode("big5")
    content.decode("gb18030")  # which is why it must be found out
    path = write(content)
    first = next(n for n, line in enumerate(text.split("\n"), 1) if not line.isascii())
    header = text.split("\n")[0].replace('"', "").split(",")
    with pytest.raises(ContractsError, match=f"line {first}: the text is Big5 .*`encoding: big5`"):
        read(path, header)
    rows = read(path, header, encoding="Big5")
    assert list(rows[0].values())[1:] == text.split("\n")[1].replace('"', "").split(",")
    assert scan_file(path, "gb18030").encoding == "gb18030"  # whoever says so is believed


def test_a_broken_big5_file_is_refused_with_its_line(read: Read, write: Write) -> None:
    with pytest.raises(ContractsError, match="line 3: the text is not Big5"):
        scan_file(write(LAW.encode("big5")[:-4]), "cp950")


@pytest.mark.parametrize(
    "text",
    [
        "名称,金额\n北京甲公司,1\n㐀𠀀,2\n",
        "名稱,金額\n臺灣積體電路製造股份有限公司,1\n",  # traditional, yet GB18030
        "ひらがな,カタカナ\nあいうえお,アイウエオ\n",
        "имя,фамилия\nΑΒΓ,αβγ\n",
        "名称,备注\n\ue000公司,私用字\n\ue001\ue002商店,两个\n" + "普通的一行,三\n" * 5,
        "①②③,┌┐└┘\n㈠㈡,〇\n",
    ],
)
def test_gb18030_is_never_taken_for_big5(read: Read, write: Write, text: str) -> None:
    path = write(text.encode("gb18030"))
    assert scan_file(path).encoding == "gb18030"


def test_an_unfinished_reading_leaves_nothing_behind(write: Write) -> None:
    path = write(("名称,b\n" + "甲,1\n" * 200_000).encode("gb18030"))
    source = open_source(path, ["b"], options=ReadOptions())
    assert next(source.parts).num_rows > 0
    source.parts.close()  # type: ignore[attr-defined]
    assert open_source(path, ["b"]).rows == 200_000


@pytest.mark.parametrize(
    "options",
    [
        {"encoding": "latin-1"},
        {"header_row": 0},
        {"delimiter": ""},
        {"delimiter": ",,"},
        {"delimiter": '"'},
        {"delimiter": "，"},
        {"skip_footer": -1},
        {"max_cell_bytes": 0},
    ],
)
def test_options_that_nobody_could_follow(options: dict[str, Any]) -> None:
    with pytest.raises(ContractsError):
        ReadOptions(**options)
