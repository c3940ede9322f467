"""Where a feature comes from: feature -> contract field -> supplier, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from data_contracts.catalogue import contract as contract_of
from features.catalogue import VIEWS, view
from features.errors import FeaturesError
from features.relations.declared import GroupFeature
from features.validation import contract_column
from features.view import Feature

if TYPE_CHECKING:
    from rich.tree import Tree

AnyFeature = Feature | GroupFeature
Found = tuple[str, AnyFeature]
"""Name of a view and a feature in it."""


def features_named(name: str, view_name: str | None = None) -> list[Found]:
    """A feature in every view that has it.

    Raises
    ------
    FeaturesError
        When there is none; the message tells names that are near.
    """
    every = _features(view_name)
    found = [(where, feature) for where, feature in every if feature.name == name]
    if not found:
        close = get_close_matches(name, sorted({feature.name for _, feature in every}), 3)
        raise FeaturesError(
            f"there is no feature {name!r}.",
            hint=f"did you mean {', '.join(close)}?" if close else "see: xinqiao features list",
        )
    return found


def features_from(source: str, view_name: str | None = None) -> list[Found]:
    """Features that read a contract, or one field of it (``contract.field``); empty if none does."""
    return [
        (where, feature)
        for where, feature in _features(view_name)
        if source in feature.contracts or source in feature.columns
    ]


def lineage_of(feature: AnyFeature) -> dict[str, Any]:
    """Contracts, fields and suppliers of a feature, as JSON.

    Examples
    --------
    >>> told = lineage_of(view("individual")["card_utilisation"])
    >>> [contract["name"] for contract in told["contracts"]]
    ['card_repayment', 'card_account']
    """
    contracts = []
    for name in feature.contracts:
        about = contract_of(name).about
        columns = [c.split(".")[1] for c in feature.columns if c.split(".")[0] == name]
        contracts.append({
            "name": name,
            "version": about.version,
            "title": {"zh": about.title_zh, "en": about.title_en},
            "supplier": {"zh": about.supplier_zh, "en": about.supplier_en},
            "fields": [_field(name, column) for column in columns],
        })  # fmt: skip
    return {
        "feature": feature.name,
        "title": {"zh": feature.title_zh, "en": feature.title_en},
        "sensitivity": feature.sensitivity,
        "contracts": contracts,
    }


def lineage_tree(found: Iterable[Found]) -> Tree:
    """The same as a tree for a terminal, one branch a feature."""
    from rich.markup import escape
    from rich.tree import Tree

    views: dict[str, list[str]] = {}
    features: dict[str, AnyFeature] = {}
    for where, feature in found:
        views.setdefault(feature.name, []).append(where)
        features.setdefault(feature.name, feature)
    tree = Tree("特征 → 契约字段 → 来源  feature → contract field → supplier")
    for name, feature in features.items():
        told = lineage_of(feature)
        title = f"{feature.title_zh} {feature.title_en} ({', '.join(views[name])})"
        branch = tree.add(f"[bold]{name}[/bold] {escape(title)}")
        for contract in told["contracts"]:
            supplier = f"{contract['supplier']['zh']} {contract['supplier']['en']}"
            label = f"{contract['title']['zh']} {contract['title']['en']} ← {supplier}"
            leaf = branch.add(f"[cyan]{contract['name']}[/cyan] {escape(label)}")
            for field in contract["fields"]:
                text = f"{field['title']['zh']} {field['title']['en']} ({field['sensitivity']})"
                leaf.add(f"{field['name']} {escape(text)}")
    return tree


def _field(contract: str, name: str) -> dict[str, Any]:
    if name == "*":
        title, sensitivity = ("记录数", "records counted"), contract_of(contract).about.sensitivity
    else:
        item = contract_column(contract, name).item
        title, sensitivity = (item.title_zh, item.title_en), item.sensitivity
    return {
        "name": name,
        "title": {"zh": title[0], "en": title[1]},
        "sensitivity": sensitivity,
    }


def _features(view_name: str | None) -> list[Found]:
    chosen = VIEWS.values() if view_name is None else [view(view_name)]
    return [(one.name, feature) for one in chosen for feature in one.features]
