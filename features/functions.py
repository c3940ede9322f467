"""The functions of the declaration language, each with its types and its Ibis form in one place.

Nulls: a function is null when one of its arguments is, unless its description says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from features.errors import FeaturesError

Kind = Literal["number", "text", "flag", "date"]

_OF_ONE_TYPE = ("equals", "one_of", "otherwise")


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
    dated : bool
        Whether it looks at the day that is asked about: the Ibis form takes the day first.
    """

    takes: tuple[str, ...]
    gives: str
    ibis: Callable[..., Any]
    doc: str
    dated: bool = False

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
        if not fits or (name in _OF_ONE_TYPE and len(set(arguments)) > 1):
            raise FeaturesError(
                f"{name}() does not take ({', '.join(arguments)}).",
                expected=f"{name}({', '.join(self.takes)})",
            )
        return arguments[0] if self.gives == "first" else self.gives  # type: ignore[return-value]


# ---- arithmetic and comparison ------------------------------------------------------------------


def _divide(left: Any, right: Any) -> Any:
    import ibis

    left, right = (ibis.literal(x) if isinstance(x, int | float) else x for x in (left, right))
    # Engines differ on division by zero (infinity, null, error), so it is said here.
    return left.cast("float64") / right.cast("float64").nullif(0.0)


def months_after(day: Any, months: int) -> Any:
    """Ibis date some calendar months later; where the month is too short, its last day."""
    import ibis

    # A date plus an interval is a timestamp on DuckDB and a date on Spark.
    return (day + ibis.interval(months=months)).cast("timestamp").cast("date")


def day_after(day: Any) -> Any:
    """Ibis date one day later."""
    import ibis

    return (day + ibis.interval(days=1)).cast("timestamp").cast("date")


def window_edge(day: Any, months: int) -> Any:
    """Earliest Ibis date ``e`` with ``day <= months_after(e, months)``.

    A date plus months ends on the last day of a month that is too short. When the day that lies the months
    back is such a last day, no date of its month reaches `day`, and the next date does.
    """
    import ibis

    back = (day - ibis.interval(months=months)).cast("timestamp").cast("date")
    return (back.day() == day.day()).ifelse(back, day_after(back))


def _otherwise(value: Any, instead: Any) -> Any:
    import ibis

    return ibis.coalesce(value, instead)


# ---- dates beside the day that is asked about ----------------------------------------------------
# The day comes first. Days and months are told apart by the calendar's own fields, which all engines
# read alike; an interval of a changing number of months they do not.


def _months_since(day: Any, date: Any) -> Any:
    import ibis

    months = (day.year() - date.year()) * 12 + day.month() - date.month()
    month_ends = (day + ibis.interval(days=1)).cast("timestamp").day() == 1
    whole = (date.day() <= day.day()) | month_ends
    return (date <= day).ifelse(months - whole.ifelse(0, 1), None)


def _days_since(day: Any, date: Any) -> Any:
    return (date <= day).ifelse(day.delta(date, unit="day"), None)


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
# Letters are counted by taking out the others (translate deletes a letter that has no partner), which both
# engines do alike and which keeps the SQL short.

STATUS_MONTHS = 24
_NO_ARREARS, _UNKNOWN = "N*C", "#/"
_ADVERSE = (
    "DZG"  # paid by a guarantor, settled in kind, closed otherwise: as bad as the worst (ours)
)
_AS_DIGITS = (_NO_ARREARS + _ADVERSE + _UNKNOWN, "000777")


def _last(status: Any, months: int) -> Any:
    return status.substr(STATUS_MONTHS - months, months)


def _known_levels(status: Any, months: int) -> Any:
    """Months in arrears of each known month as one digit each; null when none is known."""
    return _last(status, months).translate(*_AS_DIGITS).nullif("")


def _arrears(status: Any, back: int) -> Any:
    letter = status.substr(STATUS_MONTHS - 1 - back, 1)
    return letter.translate(*_AS_DIGITS).nullif("").cast("int64")


def _worst_arrears(status: Any, months: int) -> Any:
    import ibis

    levels = _known_levels(status, months)
    return ibis.cases(*((levels.contains(str(k)), k) for k in range(7, -1, -1)), else_=None)


def _months_in_arrears(status: Any, months: int, least: int) -> Any:
    below = "".join(str(k) for k in range(least))
    return _known_levels(status, months).translate(below, "").length()


def _mean_arrears(status: Any, months: int) -> Any:
    # A month k in arrears is counted once for each least number from 1 to k.
    total = sum(_months_in_arrears(status, months, least) for least in range(1, 8))
    return _divide(total, _known_levels(status, months).length())


def _months_since_arrears(status: Any, months: int) -> Any:
    # Months without arrears become blanks; what is left after the last blanks ends in arrears.
    clear = _NO_ARREARS + _UNKNOWN
    upto = _last(status, months).translate(clear, " " * len(clear)).rstrip().length()
    return _known_levels(status, months).notnull().ifelse(months - upto, None)


def _arrears_streak(status: Any, months: int) -> Any:
    late = "1234567" + _ADVERSE
    before = _last(status, months).translate(late, " " * len(late)).rstrip().length()
    return _arrears(status, 0).notnull().ifelse(months - before, None)


def _months_unused(status: Any, months: int) -> Any:
    known = _last(status, months).translate(_UNKNOWN, "").nullif("")
    return known.length() - known.translate("*", "").length()


FUNCTIONS: dict[str, Function] = {
    "add": Function(("number", "number"), "number", lambda a, b: a + b, "a + b"),
    "subtract": Function(("number", "number"), "number", lambda a, b: a - b, "a - b"),
    "multiply": Function(("number", "number"), "number", lambda a, b: a * b, "a × b"),
    "divide": Function(("number", "number"), "number", _divide, "a / b; null when b is zero"),
    "equals": Function(("any", "any"), "flag", lambda a, b: a == b, "whether a is b"),
    "at_least": Function(("any", "any"), "flag", lambda a, b: a >= b, "whether a >= b"),
    "more_than": Function(("any", "any"), "flag", lambda a, b: a > b, "whether a > b"),
    "one_of": Function(
        ("any", "any", "..."), "flag", lambda a, *b: a.isin(b), "whether a is one of the values"
    ),
    "both": Function(("flag", "flag"), "flag", lambda a, b: a & b, "whether both hold"),
    "either": Function(("flag", "flag"), "flag", lambda a, b: a | b, "whether one holds"),
    "known": Function(("any",), "flag", lambda a: a.notnull(), "whether a has a value"),
    "otherwise": Function(("any", "any"), "first", _otherwise, "a, or b where a is null"),
    "before_day": Function(
        ("date",), "flag", lambda day, a: a < day, "whether the date lies before the day", True
    ),
    "open_on_day": Function(
        ("date",),
        "flag",
        lambda day, a: a.isnull() | (a >= day),
        "whether what ends on the date had not ended before the day; true without a date",
        True,
    ),
    "months_since": Function(
        ("date",),
        "number",
        _months_since,
        "whole calendar months from the date to the day; null when it comes after the day",
        True,
    ),
    "days_since": Function(
        ("date",),
        "number",
        _days_since,
        "days from the date to the day; null when it comes after the day",
        True,
    ),
    "only_if": Function(
        ("any", "flag"),
        "first",
        lambda a, b: b.ifelse(a, None),
        "a where the flag holds, else null",
    ),
    "smallest": Function(("number", "..."), "number", _smallest, "smallest argument that is known"),
    "how_many": Function(
        ("flag", "..."), "number", _how_many, "how many flags hold; null when none is known"
    ),
    "months_after": Function(("date", "number"), "date", months_after, "the day n months later"),
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
        ("text", "number"),
        "number",
        _months_unused,
        "how many of the last n months nothing was due",
    ),
}
"""Functions by name. The Ibis forms use what DuckDB and Spark both have."""
