"""What the portal does with the services: look up, show a decision, make a report, offer examples."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import Any

from serving.access import Visitor
from serving.actions import DECISION_VIEWED
from serving.audit import Entry
from serving.bodies import PURPOSES, RecommendationRequest, ScoreRequest, parse
from serving.errors import NotFound, NotReady, ServingError
from serving.moments import canonical
from serving.portal.examples import Example, choose_examples
from serving.portal.present import Shown, decision_view
from serving.portal.texts import text
from serving.services import Services


class Desk:
    """The portal's work, without HTTP."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._examples: tuple[Example, ...] | None = None
        self._lock = threading.Lock()

    def look_up(self, visitor: Visitor, chosen: dict[str, str]) -> str:
        """Score a subject and match products for it.

        Returns
        -------
        str
            The score's id.
        """
        subject = {"kind": chosen["kind"], "id": chosen["subject"]}
        asked = {"subject": subject, "purpose": chosen["purpose"]}
        request = parse(ScoreRequest, canonical({**asked, "recourse": True}).encode())
        scored = self._services.scoring.score(request, visitor.caller)
        score_id = str(scored.answer["score_id"])
        wanted = parse(RecommendationRequest, canonical(asked).encode())
        with suppress(NotReady):  # the score stands without products; the page says so
            self._services.recommending.recommend(wanted, visitor.caller, score_id)
        return score_id

    def decision(self, visitor: Visitor, score_id: str, language: str) -> dict[str, Any]:
        """What the page of a decision shows; viewing is written to the audit trail.

        Raises
        ------
        NotFound
            When it is no score of the visitor's institution.
        """
        ledger = self._services.ledger
        row = ledger.decision(score_id)
        if row.client_id != visitor.client_id or row.kind != "score":
            raise NotFound("There is no such record.", "没有这条记录。")
        matched = ledger.recommendation_of(score_id)
        shown = Shown(
            row=row,
            answer=json.loads(row.answer),
            schema=self._services.champions.version(row.model_name, row.model_version).model.schema,
            products=json.loads(matched.answer) if matched else None,
            report_ids=tuple(report.report_id for report in ledger.reports_of(score_id)),
        )
        about = self._services.audit.subject_digest(row.subject_kind, row.subject_id)
        ledger.record_act(
            Entry(visitor.caller, DECISION_VIEWED, about, score_id, {"purpose": row.purpose})
        )
        return decision_view(shown, language)

    def make_report(self, visitor: Visitor, score_id: str, language: str) -> str:
        """Make the report of a decision; a second press gives the one that is there."""
        made = self._services.ledger.reports_of(score_id)
        if made and made[0].client_id == visitor.client_id:
            return str(made[0].report_id)
        return self._services.reporting.make(score_id, visitor.caller, language)

    def examples(self, language: str) -> list[dict[str, Any]]:
        """Example subjects of the public demonstration portfolios, grouped by kind."""
        with self._lock:
            if self._examples is None:
                try:
                    self._examples = choose_examples(self._services)
                except ServingError:
                    return []  # models are not ready yet: try again with the next page
        groups: dict[str, list[Example]] = {}
        for example in self._examples:
            groups.setdefault(example.title_en, []).append(example)
        return [
            {
                "title": members[0].title_en if language == "en" else members[0].title_zh,
                "purpose": members[0].purpose,
                "purpose_text": PURPOSES[members[0].purpose][1 if language == "en" else 0],
                "subjects": [
                    {
                        "kind": member.kind,
                        "id": member.subject_id,
                        "tone": member.tone,
                        "label": text(member.label, language),
                    }
                    for member in members
                ],
            }
            for members in groups.values()
        ]
