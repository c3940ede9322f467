"""What a change of a contract does to those who already send or read it.

Two ODCS documents are compared: the published one and the one that the contract object gives now. A change
is breaking when a file that was right may now be refused, or when a reader finds less than it was promised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.errors import ContractsError
from data_contracts.export.odcs import odcs

if TYPE_CHECKING:
    from data_contracts.contract import Contract

_SENSITIVITIES = ("public", "restricted", "consent", "separate-consent", "protected")


@dataclass(frozen=True)
class Changes:
    """Breaking and compatible changes, one sentence each."""

    breaking: tuple[str, ...]
    compatible: tuple[str, ...]


def breaking_changes(published: dict[str, Any], declared: type[Contract]) -> list[str]:
    """List what breaks a supplier or a reader of the published contract.

    Parameters
    ----------
    published
        Parsed ODCS document, as :func:`data_contracts.export.odcs.odcs` writes it.
    declared
        The contract as it stands in the code.

    Returns
    -------
    list of str
        One sentence for each change; empty if there is none.
    """
    return list(changes(published, declared).breaking)


def changes(published: dict[str, Any], declared: type[Contract]) -> Changes:
    """Compare a published contract with the declared one.

    Raises
    ------
    ContractsError
        When the published document is not one that the export wrote.
    """
    after = odcs(declared)
    breaking: list[str] = []
    compatible: list[str] = []
    old, new = _facts(published), _facts(after)
    _compare_whole(old, new, breaking, compatible)
    for name, item in old["items"].items():
        if name not in new["items"]:
            breaking.append(f"{name}: the item is dropped")
        else:
            _compare_items(name, item, new["items"][name], breaking, compatible)
    for name, item in new["items"].items():
        if name not in old["items"]:
            target = breaking if item["required"] else compatible
            target.append(f"{name}: a new item" + (" that is required" if item["required"] else ""))
    _compare_rules(old["rules"], new["rules"], breaking, compatible)
    return Changes(tuple(breaking), tuple(compatible))


def missing_version(published: dict[str, Any], declared: type[Contract]) -> str:
    """Say which version the declared contract needs, if its own is too low; empty if all is well."""
    found = changes(published, declared)
    old, new = _version(published["version"]), _version(declared.about.version)
    if new < old:
        return f"{declared.about.name}: version {declared.about.version} is lower than published"
    if found.breaking and new[0] <= old[0]:
        return (
            f"{declared.about.name}: needs version {old[0] + 1}.0, because it breaks what was "
            "published: " + "; ".join(found.breaking)
        )
    if found.compatible and new <= old:
        return (
            f"{declared.about.name}: needs version {old[0]}.{old[1] + 1}, because it adds to what "
            "was published: " + "; ".join(found.compatible)
        )
    return ""


def _version(text: str) -> tuple[int, int]:
    major, _, minor = str(text).partition(".")
    return int(major), int(minor)


def _values(properties: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["property"]: entry["value"] for entry in properties}


def _facts(document: dict[str, Any]) -> dict[str, Any]:
    try:
        table = document["schema"][0]
        return {
            "whole": _values(document["customProperties"]),
            "table": _values(table["customProperties"]),
            "items": {entry["name"]: _item(entry) for entry in table["properties"]},
            "rules": {
                rule["name"]: (
                    rule["severity"],
                    _values(rule.get("customProperties", [])).get("holds"),
                )
                for rule in table.get("quality", [])
            },
        }
    except (KeyError, IndexError, TypeError) as error:
        raise ContractsError(
            "a published contract cannot be read.", expected="a file that the export wrote"
        ) from error


def _item(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": entry["logicalType"],
        "required": entry["required"],
        "sensitivity": entry["classification"],
        "options": entry.get("logicalTypeOptions", {}),
        **_values(entry.get("customProperties", [])),
    }


def _compare_whole(
    old: dict[str, Any], new: dict[str, Any], breaking: list[str], compatible: list[str]
) -> None:
    for name in ("key", "event", "subject", "end", "negative"):
        before, after = old["table"].get(name), new["table"].get(name)
        if before != after:
            breaking.append(f"the {name} was {_told(before)}, now {_told(after)}")
    for name in ("subjectKinds", "purposes"):
        before, after = set(old["whole"].get(name, ())), set(new["whole"].get(name, ()))
        if before - after:
            breaking.append(f"{name} no longer has {', '.join(sorted(before - after))}")
        if after - before:
            compatible.append(f"{name} also has {', '.join(sorted(after - before))}")
    _sharper("the contract", old["whole"], new["whole"], breaking, compatible)


def _compare_items(
    name: str,
    old: dict[str, Any],
    new: dict[str, Any],
    breaking: list[str],
    compatible: list[str],
) -> None:
    if old["type"] != new["type"]:
        breaking.append(f"{name}: the type was {old['type']}, now {new['type']}")
        return
    if not old["required"] and new["required"]:
        breaking.append(f"{name}: null was allowed, now it is not")
    if old["required"] and not new["required"]:
        breaking.append(f"{name}: was never null, now it may be")
    for what in ("unit", "seal"):
        if old.get(what) != new.get(what):
            breaking.append(
                f"{name}: the {what} was {_told(old.get(what))}, now {_told(new.get(what))}"
            )
    if old.get("seal") == new.get("seal"):
        _compare_forms(name, old["options"], new["options"], breaking, compatible)
    _codes(name, old.get("codes", {}), new.get("codes", {}), breaking, compatible)
    _identifier(name, old, new, breaking, compatible)
    _sharper(name, old, new, breaking, compatible)
    if old.get("writtenConsent") != new.get("writtenConsent"):
        target = breaking if new.get("writtenConsent") else compatible
        target.append(f"{name}: the class of written consent has changed")
    for what in ("personal", "dutyRelated", "copyOf"):
        if old.get(what) != new.get(what):
            compatible.append(f"{name}: {what} has changed")


def _compare_forms(
    name: str,
    before: dict[str, Any],
    after: dict[str, Any],
    breaking: list[str],
    compatible: list[str],
) -> None:
    for what, sign in (("minimum", 1), ("maximum", -1), ("maxLength", -1)):
        _bound(name, what, sign, before.get(what), after.get(what), breaking, compatible)
    if before.get("pattern") != after.get("pattern"):
        # Whether one pattern holds all texts of another cannot be told in general.
        target = breaking if after.get("pattern") else compatible
        target.append(f"{name}: the pattern has changed")


def _bound(
    name: str,
    what: str,
    sign: int,
    before: Any,
    after: Any,
    breaking: list[str],
    compatible: list[str],
) -> None:
    if before == after:
        return
    if after is None:
        narrower = False
    elif before is None:
        narrower = True
    else:
        narrower = after > before if sign > 0 else after < before
    (breaking if narrower else compatible).append(
        f"{name}: the {what} was {_told(before)}, now {_told(after)}"
    )


def _codes(
    name: str,
    before: dict[str, str],
    after: dict[str, str],
    breaking: list[str],
    compatible: list[str],
) -> None:
    if before and not after:
        compatible.append(f"{name}: the code table is open now")
        return
    if after and not before:
        breaking.append(f"{name}: only codes of a table are allowed now")
        return
    gone, fresh = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if gone:
        breaking.append(f"{name}: the code table has lost {', '.join(gone)}")
    if fresh:
        compatible.append(f"{name}: the code table has also {', '.join(fresh)}")


def _identifier(
    name: str,
    old: dict[str, Any],
    new: dict[str, Any],
    breaking: list[str],
    compatible: list[str],
) -> None:
    before = (old.get("identifier"), old.get("identifierSeverity"))
    after = (new.get("identifier"), new.get("identifierSeverity"))
    if before == after:
        return
    if after[0] is not None and after[1] == "ERROR":
        breaking.append(f"{name}: must now be a valid {after[0]}")
    else:
        compatible.append(f"{name}: the check of the identifier has changed")


def _sharper(
    name: str,
    old: dict[str, Any],
    new: dict[str, Any],
    breaking: list[str],
    compatible: list[str],
) -> None:
    before, after = old.get("sensitivity"), new.get("sensitivity")
    if before == after or before is None or after is None:
        return
    sharper = _SENSITIVITIES.index(after) > _SENSITIVITIES.index(before)
    (breaking if sharper else compatible).append(
        f"{name}: the sensitivity was {before}, now {after}"
    )


def _compare_rules(
    old: dict[str, tuple[str, str | None]],
    new: dict[str, tuple[str, str | None]],
    breaking: list[str],
    compatible: list[str],
) -> None:
    for name, (severity, holds) in new.items():
        if name not in old:
            target = breaking if severity == "error" else compatible
            target.append(f"a new rule {name}")
            continue
        was, held = old[name]
        if severity != was:
            target = breaking if severity == "error" else compatible
            target.append(f"the rule {name} was of severity {was}, now {severity}")
        if holds != held:
            target = breaking if severity == "error" else compatible
            target.append(f"the rule {name} now asks for {_told(holds)}")
    compatible += [f"the rule {name} is dropped" for name in old if name not in new]


def _told(value: Any) -> str:
    if isinstance(value, list):
        return " + ".join(map(str, value))
    return "nothing" if value is None else str(value)
