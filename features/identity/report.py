"""What a run found, for the review queue and for people."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import duckdb

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name
from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.identity.claims import Claim
from features.identity.codes import scheme
from features.identity.link import Linked

HOW = {
    "confirmed": "人工确认 confirmed",
    "code": "代码一致 equal code",
    "name": "名称一致 equal name",
    "spelling": "名称写法不同 spelling",
    "former": "曾用名 former name",
    "similar": "名称相近 similar name",
}
AGAINST = {
    "several": "同名多家 several of one name",
    "other code": "代码不符 another code",
    "other name": "名称不符 another name",
}


def pairs_to_judge(found: Linked) -> list[dict[str, Any]]:
    """Pairs for the review queue: doubts of the day, and similar names that are not believed.

    Returns
    -------
    list of dict
        `subject, target, score, how, against, evidence` (JSON with both names and what agreed).
    """
    pairs: dict[tuple[str, str], dict[str, Any]] = {}
    for doubt in found.doubts:
        if doubt.since <= found.as_of < doubt.until:
            pairs[doubt.subject, doubt.target] = {
                "subject": doubt.subject, "target": doubt.target, "score": doubt.score, "how": doubt.how,
                "against": doubt.against,
                "evidence": _evidence(found, doubt.subject, doubt.target, {}),
            }  # fmt: skip
    believed = {claim.subject for claim in found.accepted}
    for one in found.candidates:
        if one.subject not in believed:
            pairs.setdefault(
                (one.subject, one.target),
                {
                    "subject": one.subject, "target": one.target, "score": one.score, "how": "similar",
                    "against": "",
                    "evidence": _evidence(found, one.subject, one.target, dict(one.levels)),
                },
            )  # fmt: skip
    return [pairs[pair] for pair in sorted(pairs)]


def _evidence(found: Linked, subject: str, target: str, levels: dict[str, str]) -> str:
    told: dict[str, Any] = {
        "names": sorted({a.name for a in found.index.names.get(subject, ())}),
        "enterprise": sorted({a.name for a in found.index.names.get(target, ())}),
        "codes": sorted({code for code, _ in found.index.codes.get(subject, ())}),
    }
    if levels:
        told["agree"] = levels
    return json.dumps(told, ensure_ascii=False)


def by_score(lake: Lake, found: Linked, contract: str | None = None) -> list[tuple[str, str, int]]:
    """Numbers of subjects by score and kind of their best match, the best first, then those without.

    Parameters
    ----------
    lake : Lake
    found : Linked
    contract : str, optional
        Only subjects of this contract's records; all subjects without a unified code if absent.
    """
    if contract is None:
        asked = {s for s in found.index.seen if scheme(s) != "USCC"}
    else:
        declared = contract_of(contract)
        if not lake.files(contract):
            raise FeaturesError(f"the lake holds no records of {contract}.")
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT {sql_name(declared.about.subject)} FROM {lake.latest_sql(contract)}"
            ).fetchall()
        asked = {s for (s,) in rows}
    counted: Counter[tuple[float, str]] = Counter()
    best: dict[str, Claim] = {c.subject: c for c in found.links if c.since <= found.as_of < c.until}
    similar: dict[str, float] = {}
    for candidate in found.candidates:
        similar.setdefault(candidate.subject, candidate.score)
    doubted = {c.subject: c for c in found.doubts if c.since <= found.as_of < c.until}
    for subject in asked:
        if scheme(subject) == "USCC":
            counted[1.0, "自带代码 own unified code"] += 1
        elif subject in best and best[subject].how != "similar":
            counted[best[subject].score, HOW[best[subject].how]] += 1
        elif subject in doubted:
            doubt = doubted[subject]
            counted[doubt.score, AGAINST[doubt.against]] += 1
        elif subject in similar:
            counted[int(similar[subject] * 10) / 10, HOW["similar"]] += 1
        else:
            counted[0.0, "无匹配 none"] += 1
    return [
        (f"{score:.2f}", how, count)
        for (score, how), count in sorted(counted.items(), reverse=True)
    ]
