"""Digests of declarations: what a feature was when a vector was made.

A vector can only be held against the catalogue of today where the feature means the same today. Whatever
can change a value is in the digest: the expression, and what its contracts say of keys, days, retention
and consent. Titles and reason texts are not.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from data_contracts.catalogue import contract as contract_of
from features.online.vectors import canonical
from features.policy import REPAIRED_BY, consent_class, expiry_months
from features.relations.declared import GroupFeature
from features.view import Feature, FeatureView


def feature_digest(feature: Feature | GroupFeature) -> str:
    """SHA-256 over everything in a declaration that can change a value."""
    told: list[object] = [feature.name, feature.kind, repr(feature.value)]
    if isinstance(feature, GroupFeature):
        told += [list(feature.columns), list(feature.needs)]
    for name in feature.contracts:
        about = contract_of(name).about
        told.append([
            name, list(about.key), about.event, about.end, about.subject, about.negative,
            about.personal, expiry_months(name), REPAIRED_BY.get(name),
        ])  # fmt: skip
    for column in feature.columns:
        contract, name = column.split(".")
        told.append([column, None if name == "*" else consent_class(contract, name)])
    return hashlib.sha256(canonical(told).encode()).hexdigest()


@lru_cache(maxsize=64)
def feature_digests(view: FeatureView) -> dict[str, str]:
    """Digest of every feature of a view, by name."""
    return {feature.name: feature_digest(feature) for feature in view.features}


@lru_cache(maxsize=64)
def view_digest(view: FeatureView) -> str:
    """SHA-256 over the digests of a view's features; their order does not count."""
    return digest_of(feature_digests(view))


def digest_of(digests: dict[str, str]) -> str:
    """SHA-256 over digests by name."""
    return hashlib.sha256(canonical(digests).encode()).hexdigest()
