"""Patterns as an automaton: the same answer as the pattern itself on every printable text."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data_contracts.intake.judge import kernels, patterns
from data_contracts.intake.judge.patterns import ODD, START, automaton, least_outside, together
from data_contracts.intake.judge.texts import Texts

MASK = r"(^|[^0-9])(62[0-9]{4})[0-9]{6,9}([0-9]{4})($|[^0-9])"


def states(asked: tuple[str, ...], texts: list[str | None]) -> tuple[list[int], list[list[bool]]]:
    """State in which each text ends, and by pattern which texts meet it."""
    found = automaton(asked)
    assert found is not None
    held = Texts.of(pa.array(texts, pa.string()))
    codes = pa.array(range(len(texts)), pa.uint16()).to_numpy().copy()
    kernels.walk(held.data, held.places, found.step, START, codes)
    return codes.tolist(), [found.met[n][codes].tolist() for n in range(len(asked))]


@pytest.mark.parametrize(
    ("pattern", "meets", "misses"),
    [
        ("^[0-9]{6}$", ["110108"], ["11010", "1101080", "11010a", ""]),
        ("[CG].", ["NCN", "C "], ["NNC", "", "N"]),
        ("1[4-7]|2[5-7]|47", ["N14", "47N"], ["13", "74", "1"]),
        ("^([0-9]{1,3}|[OUX]{1,3})$", ["7", "OUX"], ["0O", "1234", ""]),
        ("[^/]/", ["N/", "//N/"], ["///N", ""]),
        ("a-?b+", ["ab", "a-bb"], ["a--b", "a"]),
        (
            MASK,
            ["x6212341234561234", "6212341234567891234 "],
            ["16212341234561234", "621234123456123"],
        ),
        (r"^\/{2}\.$", ["//."], ["//", "///."]),
    ],
)
def test_worked_patterns(pattern: str, meets: list[str], misses: list[str]) -> None:
    _, (found,) = states((pattern,), [*meets, *misses])
    assert found == [True] * len(meets) + [False] * len(misses)


def test_nothing_is_known_of_what_is_not_printable() -> None:
    ends, _ = states(("^.*$|N",), ["N\n", "é", "\x00", "一", "N~"])
    assert [end == ODD for end in ends] == [True, True, True, True, False]


piece = st.sampled_from(["a", "[ab]", "[^a]", "[0-9]", "b", "(?:ab|1)", "(b|)", "."])
times = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])
row = st.lists(st.tuples(piece, times).map("".join), min_size=1, max_size=4).map("".join)
branch = st.tuples(st.sampled_from(["", "^"]), row, st.sampled_from(["", "$"])).map("".join)
pattern = st.lists(branch, min_size=1, max_size=2).map("|".join)
text = st.text("ab01-", max_size=9)


@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    asked=st.lists(pattern, min_size=1, max_size=3), texts=st.lists(text, min_size=1, max_size=9)
)
def test_any_pattern_gives_the_answer_of_the_pattern_itself(
    asked: list[str], texts: list[str]
) -> None:
    known = [p for p in dict.fromkeys(asked) if automaton((p,)) is not None]
    for group in together(known):
        _, found = states(group, texts)
        for one, met in zip(group, found, strict=True):
            assert met == [re.search(one, value) is not None for value in texts], one
    # What may be empty meets every text; it is the only kind of these that is not taken.
    assert all(re.search(p, "") for p in set(asked) - set(known))


@pytest.mark.parametrize(
    "pattern", [r"\d", "(?i)a", "a(?=b)", "[[:alpha:]]", "a{2}{3}", "(a", "a{0}"]
)
def test_what_engines_read_differently_is_not_taken(pattern: str) -> None:
    assert automaton((pattern,)) is None


def test_too_many_states_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_TOGETHER", 10)
    assert together(["^a{9}$", "^b{9}$", "c"]) == (("^a{9}$",), ("^b{9}$",), ("c",))


def test_letters_of_a_match() -> None:
    """Of the 16 to 19 digits of a card 6 to 9 are put out of sight."""
    assert least_outside(MASK, {1, 2, 3, 4}) == (16, 6)
    with pytest.raises(patterns.Unsupported):
        least_outside("(a|b(c))d", {2})
