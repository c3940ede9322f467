"""The functions of the declaration language, each with its types and its Ibis form in one place.

Nulls: a function is null when one of its arguments is, unless its description says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from features.errors import FeaturesError

Kind = Literal["number", "text", "flag", "date"]


@dataclass(frozen=True)
class Function:
    """A function with its argument types, its result type and what it means in Ibis.

    Attributes
    ----------
    takes : tuple of str
        Types of the arguments; "any" takes all types, a last "..." repeats the one before it.
    gives : str
        Type of the result; "first" is the type of the first argument.
    ibis : callable
        From Ibis values to an Ibis value.
    doc : str
    """

    takes: tuple[str, ...]
    gives: str
    ibis: Callable[..., Any]
    doc: str

    def kind(self, name: str, arguments: Sequence[Kind]) -> Kind:
        """Type of the result for these argument types.

        Raises
        ------
        FeaturesError
            When the function does not take them.
        """
        takes = self.takes
        if takes[-1] == "...":
            takes = takes[:-2] + (takes[-2],) * (len(arguments) - len(takes) + 2)
        fits = len(takes) == len(arguments) and all(
            want in ("any", have) for want, have in zip(takes, arguments, strict=True)
        )
        if not fits or (name in ("equals", "otherwise") and len(set(arguments)) > 1):
            raise FeaturesError(
                f"{name}() does not take ({', '.join(arguments)}).",
                expected=f"{name}({', '.join(self.takes)})",
            )
        return arguments[0] if self.gives == "first" else self.gives  # type: ignore[return-value]


# ---- arithmetic and comparison ------------------------------------------------------------------


def _divide(left: Any, right: Any) -> Any:
    # Engines differ on division by zero (infinity, null, error), so it is said here.
    return left.cast("float64") / right.cast("float64").nullif(0.0)


def _months_after(day: Any, months: Any) -> Any:
    import ibis

    # A date plus an interval is a timestamp on DuckDB and a date on Spark.
    return (day + ibis.interval(months=months)).cast("timestamp").cast("date")


def _largest(*values: Any) -> Any:
    import ibis

    return ibis.greatest(*values)


def _smallest(*values: Any) -> Any:
    import ibis

    return ibis.least(*values)


def _how_many(*flags: Any) -> Any:
    known = flags[0].notnull()
    total = flags[0].cast("int64").fill_null(0)
    for flag in flags[1:]:
        known = known | flag.notnull()
        total = total + flag.cast("int64").fill_null(0)
    return known.ifelse(total, None)


def _sector(code: Any) -> Any:
    # Manufacturing, retail trade and transport hold more than one two-digit number.
    first = code.substr(0, 2)
    merged = {"32": "31", "33": "31", "45": "44", "49": "48"}
    return first.cases(*merged.items(), else_=first)


# ---- the 24-month repayment status --------------------------------------------------------------

STATUS_MONTHS = 24
WORST = 7
_PAID = "N*C"
_ADVERSE = "DZG"  # paid by a guarantor, settled in kind, closed otherwise: as bad as the worst (ours)


def _levels(status: Any, months: int, oldest: int = 0) -> list[Any]:
    """Months in arrears at each of the last months, this month first; null where unknown."""
    found = []
    for back in range(oldest, months):
        letter = status.substr(STATUS_MONTHS - 1 - back, 1)
        codes = {**{str(k): k for k in range(1, 8)}, **dict.fromkeys(_PAID, 0)}
        codes |= dict.fromkeys(_ADVERSE, WORST)
        found.append(letter.cases(*codes.items(), else_=None))
    return found


def _arrears(status: Any, back: int) -> Any:
    return _levels(status, back + 1, back)[0]


def _worst_arrears(status: Any, months: int) -> Any:
    return _largest(*_levels(status, months))


def _mean_arrears(status: Any, months: int) -> Any:
    levels = _levels(status, months)
    known = sum(level.notnull().cast("int64") for level in levels)
    return _divide(sum(level.fill_null(0) for level in levels), known)


def _months_in_arrears(status: Any, months: int, least: int) -> Any:
    return _how_many(*(level >= least for level in _levels(status, months)))


def _months_since_arrears(status: Any, months: int) -> Any:
    import ibis

    levels = _levels(status, months)
    since = ibis.cases(*((level >= 1, back) for back, level in enumerate(levels)), else_=months)
    return _largest(*levels).notnull().ifelse(since, None)


def _arrears_streak(status: Any, months: int) -> Any:
    import ibis

    levels = _levels(status, months)
    clear = ((level.fill_null(0) < 1, back) for back, level in enumerate(levels))
    return levels[0].notnull().ifelse(ibis.cases(*clear, else_=months), None)


def _months_unused(status: Any, months: int) -> Any:
    letters = [status.substr(STATUS_MONTHS - 1 - back, 1) for back in range(months)]
    return _how_many(*((letter == "*").nullif(letter == "#") for letter in letters))


FUNCTIONS: dict[str, Function] = {
    "add": Function(("number", "number"), "number", lambda a, b: a + b, "a + b"),
    "subtract": Function(("number", "number"), "number", lambda a, b: a - b, "a - b"),
    "multiply": Function(("number", "number"), "number", lambda a, b: a * b, "a × b"),
    "divide": Function(("number", "number"), "number", _divide, "a / b; null when b is zero"),
    "equals": Function(("any", "any"), "flag", lambda a, b: a == b, "whether a is b"),
    "at_least": Function(("any", "any"), "flag", lambda a, b: a >= b, "whether a >= b"),
    "more_than": Function(("any", "any"), "flag", lambda a, b: a > b, "whether a > b"),
    "only_if": Function(
        ("any", "flag"), "first", lambda a, b: b.ifelse(a, None), "a where the flag holds, else null"
    ),
    "otherwise": Function(
        ("any", "any"), "first", lambda a, b: a.fill_null(b), "a, or b where a is null"
    ),
    "largest": Function(
        ("number", "..."), "number", _largest, "largest argument that is known"
    ),
    "smallest": Function(
        ("number", "..."), "number", _smallest, "smallest argument that is known"
    ),
    "how_many": Function(
        ("flag", "..."), "number", _how_many, "how many flags hold; null when none is known"
    ),
    "months_after": Function(("date", "number"), "date", _months_after, "the day n months later"),
    "sector": Function(
        ("text",), "text", _sector, "two-digit industry sector; numbers of one sector are merged"
    ),
    "arrears": Function(
        ("text", "number"), "number", _arrears, "months in arrears n months ago (0: this month)"
    ),
    "worst_arrears": Function(
        ("text", "number"), "number", _worst_arrears, "most months in arrears in the last n months"
    ),
    "mean_arrears": Function(
        ("text", "number"), "number", _mean_arrears, "mean months in arrears over n known months"
    ),
    "months_in_arrears": Function(
        ("text", "number", "number"),
        "number",
        _months_in_arrears,
        "how many of the last n months were k or more months in arrears",
    ),
    "months_since_arrears": Function(
        ("text", "number"),
        "number",
        _months_since_arrears,
        "months since the last month in arrears (0: this month); n when there was none in n months",
    ),
    "arrears_streak": Function(
        ("text", "number"), "number", _arrears_streak, "unbroken months in arrears up to this one"
    ),
    "months_unused": Function(
        ("text", "number"), "number", _months_unused, "how many of the last n months nothing was due"
    ),
}
"""Functions by name. The Ibis forms use what DuckDB and Spark both have."""
