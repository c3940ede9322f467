"""What a declaration must keep to, checked when it is made and not when it is run."""

from __future__ import annotations

from datetime import date

from data_contracts.catalogue import contract as contract_of
from data_contracts.contract import Column as ContractColumn
from data_contracts.errors import ContractsError
from features.errors import FeaturesError
from features.expressions import Aggregate, Call, Column, Constant, Expression, Group
from features.functions import FUNCTIONS, Kind
from features.policy import consent_class, refused_input

_KINDS: dict[type, Kind] = {int: "number", float: "number", str: "text", bool: "flag", date: "date"}


_TAKES: dict[str, tuple[Kind, ...]] = {
    "latest": (),
    "first": (),
    "distinct": (),
    "largest": ("number", "date"),
    "smallest": ("number", "date"),
}
"""Types of values that an aggregate takes, all where none is named; the others take numbers."""


def check_acyclic(value: Expression) -> None:
    """Refuse an expression that is one of its own parts, which no declaration in plain words can be.

    Raises
    ------
    FeaturesError
        When it is made from itself.
    """
    _visit(value, (), set())


def _visit(value: Expression, above: tuple[int, ...], done: set[int]) -> None:
    if id(value) in above:
        raise FeaturesError("the value is made from itself.", expected="a value made from records")
    if id(value) not in done:
        for part in value.parts():
            _visit(part, (*above, id(value)), done)
        done.add(id(value))


def contract_column(contract: str, name: str) -> ContractColumn:
    """Look up a column of a contract, refusing what may not be an input.

    Raises
    ------
    FeaturesError
        When there is no such contract or column, or when it is protected or prohibited.
    """
    try:
        column = contract_of(contract).column(name)
    except ContractsError as error:
        raise FeaturesError(error.problem, expected=error.expected) from error
    if column.item.sensitivity == "protected":
        raise FeaturesError(
            f"{contract}.{name} is kept for fairness checks alone and is never an input.",
            hint="remove it; nothing that stands for it may be an input either",
        )
    refused = refused_input(name, column.item.title_zh, column.item.title_en)
    if refused:
        raise FeaturesError(f"{contract}.{name} may not be an input: {refused}.")
    return column


def subject_kind(value: Expression) -> Kind:
    """Check an expression over a subject and tell the type of its value.

    Raises
    ------
    FeaturesError
        When it is not well formed.
    """
    if isinstance(value, Constant):
        return "text" if isinstance(value.value, str) else "number"
    if isinstance(value, Call):
        return _call_kind(value, tuple(subject_kind(part) for part in value.arguments))
    if isinstance(value, Aggregate):
        return _aggregate_kind(value)
    if isinstance(value, Column):
        raise FeaturesError(
            f"{value.contract}.{value.name} is a column of many records.",
            expected="an aggregate of it, such as .latest() or .sum(months=3)",
        )
    raise FeaturesError(f"{type(value).__name__} is not part of the declaration language.")


def null_without_records(value: Expression) -> bool:
    """Whether an expression is null for a subject without any record: "not supplied" is not zero."""
    return _without_records(value) is None


def _without_records(value: Expression) -> bool | str | None:
    """Value for a subject without records: null, a flag that holds or not, or a text for any other."""
    if isinstance(value, Constant):
        return "value"
    if isinstance(value, Aggregate):
        return None
    assert isinstance(value, Call)
    parts = [_without_records(part) for part in value.arguments]
    match value.function:
        case "known":
            return parts[0] is not None
        case "otherwise":
            return parts[1] if parts[0] is None else parts[0]
        case "only_if":
            return None if parts[1] in (None, False) else parts[0]
        case "how_many" | "smallest":
            return "value" if any(part is not None for part in parts) else None
        case "both" | "either":
            settled = value.function == "either"
            if settled in parts or "value" in parts:
                return settled if settled in parts else "value"
        case "open_on_day":
            return True if parts[0] is None else "value"
    return None if None in parts else "value"


def _record_kind(value: Expression, contract: str, joined: bool) -> Kind:
    """Check an expression over one record; `joined`: other contracts may be joined by their key."""
    if isinstance(value, Constant):
        return "text" if isinstance(value.value, str) else "number"
    if isinstance(value, Call):
        return _call_kind(
            value, tuple(_record_kind(part, contract, joined) for part in value.arguments)
        )
    if isinstance(value, Column):
        column = contract_column(value.contract or contract, value.name)
        if value.contract not in ("", contract):
            _joinable(value.contract, contract, joined)
        return _KINDS[column.kind]
    raise FeaturesError(
        "an aggregate can not stand inside another one.",
        hint="combine aggregates outside: a.sum() / b.sum()",
    )


def _joinable(other: str, contract: str, joined: bool) -> None:
    if not joined:
        raise FeaturesError(
            f"an aggregate over {contract} can not look at {other}.",
            hint="aggregate each record type by itself and combine the results",
        )
    key = contract_of(other).about.key
    missing = [name for name in key if name not in contract_of(contract).model_fields]
    if missing:
        raise FeaturesError(
            f"{other} can not be joined to {contract}, which has no {', '.join(missing)}.",
            expected=f"a record type that is identified by columns of {contract}",
        )


def _call_kind(value: Call, kinds: tuple[Kind, ...]) -> Kind:
    function = FUNCTIONS.get(value.function)
    if function is None:
        raise FeaturesError(
            f"there is no function {value.function!r}.", expected=", ".join(FUNCTIONS)
        )
    listed = value.arguments[1:]
    if value.function == "one_of" and not (
        listed and all(isinstance(part, Constant) for part in listed)
    ):
        raise FeaturesError(
            "one_of takes a list of numbers or texts.", expected='x.one_of("a", "b")'
        )
    return function.kind(value.function, kinds)


def _aggregate_kind(value: Aggregate) -> Kind:
    try:
        contract_of(value.contract)
    except ContractsError as error:
        raise FeaturesError(error.problem, expected=error.expected) from error
    _check_window(value)
    joined = value.group is not None
    if value.where is not None and _record_kind(value.where, value.contract, joined) != "flag":
        raise FeaturesError("where must be a condition.", expected='a flag, such as x.equals("y")')
    kind: Kind = "number"
    if value.of is not None:
        kind = _record_kind(value.of, value.contract, joined)
        takes = _TAKES.get(value.how, ("number",))
        if takes and kind not in takes:
            raise FeaturesError(f"{value.how} needs a {' or a '.join(takes)}, not a {kind}.")
        if value.how == "distinct":
            kind = "number"
    if value.group is not None:
        _check_group(value, value.group)
    return kind


def _check_window(value: Aggregate) -> None:
    months, skip = value.window.months, value.window.skip
    if months is not None and months <= 0:
        raise FeaturesError(
            f"a window of {months} months holds nothing.",
            expected="at least one month, or none at all",
        )
    if skip < 0 or (months is not None and skip >= months):
        raise FeaturesError(
            f"a window of {months} months that leaves out the last {skip} holds nothing.",
            expected="0 <= skip < months",
        )


def _check_group(value: Aggregate, group: Group) -> None:
    if value.how not in ("count", "sum"):
        raise FeaturesError(
            f"{value.how} among {group.name} is not possible: groups are kept as running sums.",
            expected="count or sum, or a quotient of them",
        )
    for root in (value.of, value.where, *group.theirs):
        for part in root.walk() if root is not None else ():
            if isinstance(part, Column):
                contract = part.contract or value.contract
                if consent_class(contract, part.name):
                    raise FeaturesError(
                        f"{contract}.{part.name} of persons needs each one's written consent (REG-03) "
                        f"and can not be summed up among {group.name}.",
                        hint="use the subject's own records",
                    )
            if isinstance(part, Call) and FUNCTIONS[part.function].dated:
                raise FeaturesError(
                    f"{part.function} among {group.name} is not possible: groups are kept as running "
                    "sums, in which a record may not change from day to day.",
                    expected="a condition on what the record says itself",
                )
    if len(group.mine) != len(group.theirs):
        raise FeaturesError(f"the group {group.name} tells its members in two different ways.")
    for mine, theirs in zip(group.mine, group.theirs, strict=True):
        if any(isinstance(part, Aggregate) and part.group for part in mine.walk()):
            raise FeaturesError(f"the group {group.name} is told by another group.")
        kinds = subject_kind(mine), _record_kind(theirs, value.contract, True)
        if kinds[0] != kinds[1]:
            raise FeaturesError(f"the group {group.name} compares a {kinds[0]} with a {kinds[1]}.")
