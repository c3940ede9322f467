"""An acceptance as a record: its figures as JSON, its number, its row of the contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from data_contracts.acceptance.figures import Measured
from data_contracts.acceptance.judge import Confirmation, Judgement
from data_contracts.acceptance.settings import Thresholds
from data_contracts.documents import Text
from data_contracts.finance.credit_month import CreditMonth

RESULTS: dict[str, Text] = {
    "ACCEPTED": Text("通过验收", "Accepted"),
    "NOT_ACCEPTED": Text("未通过验收", "Not accepted"),
    "PENDING": Text("待判定", "Pending"),
}
RECORDED = {"ACCEPTED": "passed", "NOT_ACCEPTED": "failed"}
"""Result in the contract. A pending judgement is none yet: nothing is recorded of it."""

_LONGEST = 95_000


@dataclass(frozen=True)
class Acceptance:
    """Figures and judgement of one acceptance, with who judged it and when.

    ``draft`` marks what is not recorded.
    """

    measured: Measured
    judgement: Judgement
    thresholds: Thresholds
    confirmations: Mapping[str, Confirmation]
    by: str | None
    on: date
    draft: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the figures: the same data, causes and thresholds give the same."""
        return hashlib.sha256(figures_json(self).encode()).hexdigest()

    @property
    def number(self) -> str:
        """Number of the acceptance; it changes with its figures."""
        months = self.measured.months
        return (
            f"{self.measured.institution}-{months.first:%Y%m}-{months.last:%Y%m}-{self.digest[:10]}"
        )


def figures_of(acceptance: Acceptance) -> dict[str, Any]:
    """Everything that was counted, compared and decided; no value of a person's record."""
    m, judgement = acceptance.measured, acceptance.judgement
    return {
        "institution": m.institution,
        "months": [f"{month:%Y-%m}" for month in m.months.all],
        "result": judgement.result,
        "by_month": {
            f"{f.month:%Y-%m}": {
                "accounts": f.accounts, "new": f.new_accounts, "borrowers": f.borrowers,
                "guarantors": f.guarantors, "quarantined": f.quarantined, "hits": f.hits,
                "waived": f.waived, "late": f.late, "missing": f.missing,
            }
            for f in m.by_month
        },
        "fill_rates": {
            f.item: [[r.filled for r in f.months], f.total.filled, f.total.accounts, f.collected]
            for f in m.fills
        },
        "guarantors": [m.guarantors, m.faulty_guarantors, m.unguaranteed],
        "unreported": m.unreported,
        "odd_dates": m.odd_dates,
        "large_limits": dict(m.large_limits),
        "distributions": None if m.distributions is None else {
            d.field.name: {
                "psi": None if d.psi is None else round(d.psi, 6),
                "bins": [[b.value, b.ours, b.theirs] for b in d.bins],
                "unequal": len(d.unequal),
            }
            for d in m.distributions
        },
        "hits": [[h.contract, h.rule_id, h.hits, h.waived] for h in m.hits],
        "rederived": [m.rederived.accounts, m.rederived.sampled, dict(m.rederived.differing)],
        "findings": [[f.key, f.weight, f.state, f.cause] for f in judgement.findings],
        "procedures": {c.rule_id: [c.by, c.on.isoformat()] for c in acceptance.confirmations.values()},
        "thresholds": acceptance.thresholds.model_dump(mode="json"),
    }  # fmt: skip


def figures_json(acceptance: Acceptance) -> str:
    """The figures as one line of JSON, at most as long as the contract takes."""
    figures = figures_of(acceptance)
    text = _plain(figures)
    if len(text) > _LONGEST:  # the digest still speaks of all of them
        for found in (figures["distributions"] or {}).values():
            found["bins"] = hashlib.sha256(_plain(found["bins"]).encode()).hexdigest()
        text = _plain(figures)
    return text


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row_of(acceptance: Acceptance, report_digest: str) -> dict[str, Any]:
    """The record of the contract ``acceptance``."""
    m = acceptance.measured
    passed = acceptance.judgement.result == "ACCEPTED"
    return {
        "acceptance_no": acceptance.number,
        "subject_id": f"INST-{m.institution}",
        "institution_code": m.institution,
        "contract": CreditMonth.about.name,
        "contract_version": CreditMonth.about.version,
        "first_month": m.months.first,
        "last_month": m.months.last,
        "months": sum(month.present for month in m.by_month),
        "result": RECORDED[acceptance.judgement.result],
        "figures": figures_json(acceptance),
        "report_digest": report_digest,
        "accepted_by": acceptance.by,
        "accepted_on": acceptance.on,
        "query_from": acceptance.on if passed else None,
    }
