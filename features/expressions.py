"""The language in which features are declared.

A declaration reads as a sentence over records: which record type, which column, which aggregate, over
which months, which records only::

    repayments = Records("card_repayment")
    repayments["paid_cents"].sum(months=3) / repayments["billed_cents"].sum(months=3, skip=1)

Nothing is computed here. The nodes are frozen and hashable, so that equal aggregates are computed once
and a compiled view can be kept; :mod:`features.plan` turns them into Ibis expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypedDict, Unpack

Scalar = int | float | str
How = Literal[
    "count", "sum", "total", "mean", "largest", "smallest", "distinct", "latest", "first"
]  # fmt: skip


@dataclass(frozen=True)
class Window:
    """Which records count, by age in calendar months.

    A record of day ``e`` counts on day ``T`` when ``e + skip months < T <= e + months``. Without
    months all records since ``skip`` count. Where a month is too short its last day is meant, so that
    31 January plus one month is 28 (29) February.
    """

    months: int | None = None
    skip: int = 0


class Selection(TypedDict, total=False):
    """Which records an aggregate takes: of how many months, after how many, and for which it holds."""

    months: int | None
    skip: int
    where: Expression | None


class Expression:
    """A value of one record, or of a subject on a day."""

    def parts(self) -> tuple[Expression, ...]:
        """Expressions that this one is made of."""
        return ()

    def walk(self) -> Iterator[Expression]:
        """Expressions from this one downwards, parents first."""
        yield self
        for part in self.parts():
            yield from part.walk()

    # ---- arithmetic ------------------------------------------------------------------------

    def __add__(self, other: Expression | Scalar) -> Expression:
        """Sum; null when either side is."""
        return Call("add", (self, _expression(other)))

    def __sub__(self, other: Expression | Scalar) -> Expression:
        """Difference; null when either side is."""
        return Call("subtract", (self, _expression(other)))

    def __mul__(self, other: Expression | Scalar) -> Expression:
        """Product; null when either side is."""
        return Call("multiply", (self, _expression(other)))

    def __rsub__(self, other: Scalar) -> Expression:
        """Difference with a number on the left."""
        return Call("subtract", (_expression(other), self))

    def __rmul__(self, other: Scalar) -> Expression:
        """Product with a number on the left."""
        return Call("multiply", (_expression(other), self))

    def __truediv__(self, other: Expression | Scalar) -> Expression:
        """Quotient; null when either side is, or when the divisor is zero."""
        return Call("divide", (self, _expression(other)))

    def equals(self, other: Expression | Scalar) -> Expression:
        """Whether both sides are the same; null when either side is."""
        return Call("equals", (self, _expression(other)))

    def at_least(self, other: Expression | Scalar) -> Expression:
        """Whether this is not smaller; null when either side is."""
        return Call("at_least", (self, _expression(other)))

    def at_most(self, other: Expression | Scalar) -> Expression:
        """Whether this is not larger; null when either side is."""
        return Call("at_least", (_expression(other), self))

    def more_than(self, other: Expression | Scalar) -> Expression:
        """Whether this is larger; null when either side is."""
        return Call("more_than", (self, _expression(other)))

    def one_of(self, *values: Scalar) -> Expression:
        """Whether this is one of the values; null when this is null."""
        return Call("one_of", (self, *(Constant(value) for value in values)))

    def and_also(self, other: Expression) -> Expression:
        """Whether both conditions hold; false when one does not, else null when either is."""
        return Call("both", (self, other))

    def or_also(self, other: Expression) -> Expression:
        """Whether one of the conditions holds; true when one does, else null when either is."""
        return Call("either", (self, other))

    def known(self) -> Expression:
        """Whether there is a value; never null itself."""
        return Call("known", (self,))

    def otherwise(self, value: Expression | Scalar) -> Expression:
        """Keep this value, and take the other one where this is null."""
        return Call("otherwise", (self, _expression(value)))

    def only_if(self, condition: Expression) -> Expression:
        """Keep this value where the condition holds, else null."""
        return Call("only_if", (self, condition))

    # ---- dates beside the day that is asked about ------------------------------------------

    def before_day(self) -> Expression:
        """Whether this date lies before the day; null when there is no date."""
        return Call("before_day", (self,))

    def open_on_day(self) -> Expression:
        """Whether what ends on this date had not ended before the day: no date, or not before it."""
        return Call("open_on_day", (self,))

    # ---- aggregates over the records of a subject ------------------------------------------

    def latest(self, **selection: Unpack[Selection]) -> Aggregate:
        """Value in the record with the latest event (then known date, then key), null if it is."""
        return _aggregate("latest", self, **selection)

    def first(self, **selection: Unpack[Selection]) -> Aggregate:
        """Value in the record with the earliest event (then known date, then key), null if it is."""
        return _aggregate("first", self, **selection)

    def sum(self, **selection: Unpack[Selection]) -> Aggregate:
        """Sum over the records that have a value; null when none has."""
        return _aggregate("sum", self, **selection)

    def total(self, **selection: Unpack[Selection]) -> Aggregate:
        """Sum; 0 when there are records but none that is taken has a value, null without records."""
        return _aggregate("total", self, **selection)

    def mean(self, **selection: Unpack[Selection]) -> Aggregate:
        """Mean over the records that have a value; null when none has."""
        return _aggregate("mean", self, **selection)

    def largest(self, **selection: Unpack[Selection]) -> Aggregate:
        """Largest value; null when no record has one."""
        return _aggregate("largest", self, **selection)

    def smallest(self, **selection: Unpack[Selection]) -> Aggregate:
        """Smallest value; null when no record has one."""
        return _aggregate("smallest", self, **selection)

    def distinct(self, **selection: Unpack[Selection]) -> Aggregate:
        """Count different values; 0 when no record that is taken has one, null without records."""
        return _aggregate("distinct", self, **selection)


@dataclass(frozen=True)
class Constant(Expression):
    """A number or a text."""

    value: Scalar


@dataclass(frozen=True)
class Column(Expression):
    """A column of a record type; an empty contract stands for the record that is being counted."""

    contract: str
    name: str


@dataclass(frozen=True)
class Call(Expression):
    """A function of :data:`features.functions.FUNCTIONS` over other expressions."""

    function: str
    arguments: tuple[Expression, ...]

    def parts(self) -> tuple[Expression, ...]:
        """The arguments."""
        return self.arguments


@dataclass(frozen=True)
class Aggregate(Expression):
    """One number or text from the records of a subject, or of a group of subjects.

    Attributes
    ----------
    how : str
        The aggregate.
    contract : str
        Record type that is aggregated.
    of : Expression, optional
        Value of one record; a count has none.
    window : Window
    where : Expression, optional
        Only the records for which this holds.
    group : Group, optional
        Aggregate the records of everybody in the subject's group instead of the subject's own.
    """

    how: How
    contract: str
    of: Expression | None
    window: Window
    where: Expression | None = None
    group: Group | None = None

    def parts(self) -> tuple[Expression, ...]:
        """Value, condition, and what the group is told by."""
        found = tuple(part for part in (self.of, self.where) if part is not None)
        return found + (self.group.mine + self.group.theirs if self.group else ())

    def among(self, group: Group) -> Aggregate:
        """Take the same aggregate over the records of everybody in the subject's group."""
        return replace(self, group=group)


@dataclass(frozen=True)
class Group:
    """Subjects that have something in common, such as the lender or the industry.

    Attributes
    ----------
    name : str
        Name of the group in the plan and in the catalogue.
    mine : tuple of Expression
        What tells the group of the subject that is asked about, on its day.
    theirs : tuple of Expression
        What tells the group of a counted record: its own columns (`own`), or columns of a record type
        with one record a subject, which is then joined by its key, as it was known at the time.
    """

    name: str
    mine: tuple[Expression, ...] = ()
    theirs: tuple[Expression, ...] = ()

    def __and__(self, other: Group) -> Group:
        """Subjects that share both."""
        return Group(
            f"{self.name}_{other.name}", self.mine + other.mine, self.theirs + other.theirs
        )


EVERYONE = Group("everyone")
"""All subjects: the overall level that a group is compared with."""


@dataclass(frozen=True)
class Records:
    """The records of one contract.

    Examples
    --------
    >>> Records("loan_application")["amount_cents"].latest().how
    'latest'
    >>> Records("loan_outcome").count(months=36).window
    Window(months=36, skip=0)
    """

    contract: str

    def __getitem__(self, column: str) -> Column:
        """One column."""
        return Column(self.contract, column)

    def count(self, **selection: Unpack[Selection]) -> Aggregate:
        """Count records; 0 when there are some but none matches, null when there are none at all."""
        window = Window(selection.get("months"), selection.get("skip", 0))
        return Aggregate("count", self.contract, None, window, selection.get("where"))


def own(column: str) -> Column:
    """Column of the record that is being counted, whatever its contract."""
    return Column("", column)


def call(function: str, *arguments: Expression | Scalar) -> Call:
    """Apply a function of :data:`features.functions.FUNCTIONS`."""
    return Call(function, tuple(_expression(argument) for argument in arguments))


def months_since(date: Expression) -> Call:
    """Count whole calendar months from a date to the day; null without a date or when it comes after.

    Where a month is too short its last day is meant: 31 January is one month before 28 February.
    """
    return Call("months_since", (date,))


def days_since(date: Expression) -> Call:
    """Count days from a date to the day; null without a date or when it comes after."""
    return Call("days_since", (date,))


def _expression(value: Expression | Scalar) -> Expression:
    return value if isinstance(value, Expression) else Constant(value)


def _aggregate(how: How, of: Expression, **selection: Unpack[Selection]) -> Aggregate:
    contracts = [part.contract for part in of.walk() if isinstance(part, Column)]
    window = Window(selection.get("months"), selection.get("skip", 0))
    contract = contracts[0] if contracts else ""
    return Aggregate(how, contract, of, window, selection.get("where"))
