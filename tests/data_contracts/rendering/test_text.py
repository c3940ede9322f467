"""Text as it may be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data_contracts.rendering.text import breakable, clean, width, wrapped


def test_what_may_not_be_shown_is_replaced() -> None:
    assert clean("a\x00b\x1b[31m") == "a\ufffdb\ufffd[31m"
    assert clean("a\r\nb\rc\td") == "a\nb\nc\td"
    assert clean("\u202etxt.exe\u2066") == "\ufffdtxt.exe\ufffd"
    assert clean("\ud800") == "\ufffd"
    assert clean("信桥 Xinqiao") == "信桥 Xinqiao"


def test_chinese_is_twice_as_wide() -> None:
    assert width("信桥") == 2.0
    assert 1.0 < width("ab") < 1.2


def test_lines_break_between_words_and_between_characters() -> None:
    assert wrapped("one two three", 4.5, 3) == ["one two", "three"]
    assert wrapped("一二三四五", 3, 3) == ["一二三", "四五"]
    assert wrapped("一二三，四", 3, 3)[1] != "，四"
    assert wrapped("一二三四五六七", 3, 2) == ["一二三", "四五…"]
    assert wrapped("", 3, 2) == [""]


def test_only_very_long_words_may_break() -> None:
    assert breakable("short words stay as they are, however many there are of them") == (
        "short words stay as they are, however many there are of them"
    )
    assert breakable("a" * 64).count("\u200b") == 2
    assert breakable("字" * 64) == "字" * 64


@given(st.text(max_size=80), st.floats(2, 30), st.integers(1, 4))
def test_lines_are_few_and_narrow(text: str, ems: float, lines: int) -> None:
    found = wrapped(text, ems, lines)
    assert 1 <= len(found) <= lines
    # Closing punctuation hangs over rather than begin a line.
    assert all(width(line.rstrip("）】》」』”’，。、；：？！％")) <= ems + 1e-9 for line in found)


@given(st.text(max_size=80))
def test_cleaning_once_is_enough_and_breaking_adds_nothing_visible(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.encode("utf-8").decode() == once
    assert breakable(once).replace("\u200b", "") == once.replace("\u200b", "")
