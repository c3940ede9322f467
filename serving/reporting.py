"""Credit reports: composed from a stored decision and visible records, rendered once, kept as files.

A report's four renderings (HTML and PDF, both languages) are made when it is made; their digests are
committed with the report's row and audit entry, and every reading is checked against them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from data_contracts.workspace import Workspace
from serving.actions import REPORT_READ, REPORTED
from serving.audit import Audit, Caller, Entry
from serving.bodies import RecommendationRequest, ReportRequest, ScoreRequest, Subject
from serving.champions import Champions
from serving.errors import AuditBroken, NotFound
from serving.ledger import Ledger
from serving.moments import Clock, answer_text, digest, moment_text, new_id
from serving.recommending import RecommendingService
from serving.reports.compose import Material, compose_report
from serving.reports.render import Rendered, render
from serving.scoring import Replay, ScoringService
from serving.subjects import Subjects

Format = Literal["html", "pdf"]
_MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
_HISTORY = 12


@dataclass(frozen=True)
class ReportFile:
    """One rendering of a report."""

    content: bytes
    media_type: str
    headers: Mapping[str, str]


class ReportingService:
    """Answers POST /v1/reports and GET /v1/reports/{id}, in process as over HTTP."""

    def __init__(
        self,
        workspace: Workspace,
        subjects: Subjects,
        champions: Champions,
        ledger: Ledger,
        audit: Audit,
        clock: Clock,
        scoring: ScoringService,
        recommending: RecommendingService,
    ) -> None:
        self._workspace = workspace
        self._subjects = subjects
        self._champions = champions
        self._ledger = ledger
        self._audit = audit
        self._clock = clock
        self._scoring = scoring
        self._recommending = recommending

    def create(self, request: ReportRequest, caller: Caller) -> dict[str, Any]:
        """Score, match and report on a subject.

        Returns
        -------
        dict
            The answer of POST /v1/reports.
        """
        subject, purpose = request.subject, request.purpose
        scored = self._scoring.score(ScoreRequest(subject=subject, purpose=purpose), caller)
        score_id = str(scored.answer["score_id"])
        wanted = RecommendationRequest(subject=subject, purpose=purpose)
        self._recommending.recommend(wanted, caller, score_id)
        report_id = self.make(score_id, caller, request.language)
        answer: dict[str, Any] = json.loads(self._ledger.report(report_id).answer)
        return answer

    def make(self, score_id: str, caller: Caller, language: str) -> str:
        """Make the report of a stored score.

        Returns
        -------
        str
            The report's id.

        Raises
        ------
        NotFound
            When the score is not one of the caller's institution.
        """
        row = self._ledger.decision(score_id)
        if row.client_id != caller.client_id or row.kind != "score":
            raise NotFound("There is no such record.", "没有这条记录。")
        matched = self._ledger.recommendation_of(score_id)
        now = self._clock()
        report_id = new_id("rep", now)
        rendered = self._render(report_id, moment_text(now), row, matched)
        rendered.keep(self._workspace.reports_dir / report_id)
        answer = _answer(report_id, row, matched, language, rendered)
        stored = {
            "report_id": report_id,
            "score_id": score_id,
            "recommendation_id": matched.decision_id if matched else None,
            "client_id": caller.client_id,
            "language": language,
            "document_digest": rendered.document_digest,
            **{f"{form}_{lang}": digest(content) for (form, lang), content in rendered.files()},
            "answer": answer_text(answer),
            "created_at": moment_text(now),
        }
        about = self._audit.subject_digest(row.subject_kind, row.subject_id)
        details = {"purpose": row.purpose, "score_id": score_id}
        self._ledger.record_report(stored, Entry(caller, REPORTED, about, report_id, details))
        return report_id

    def read(
        self, report_id: str, caller: Caller, form: Format, language: str | None
    ) -> ReportFile:
        """Give a rendering of a report, unchanged since it was made.

        Raises
        ------
        NotFound
            When it is not a report of the caller's institution.
        AuditBroken
            When the stored file is not the one that was made.
        """
        row = self._ledger.report(report_id)
        if row.client_id != caller.client_id:
            raise NotFound("There is no such record.", "没有这条记录。")
        lang = language or row.language
        expected = getattr(row, f"{form}_{lang}")
        path = self._workspace.reports_dir / report_id / f"{lang}.{form}"
        content = path.read_bytes() if path.exists() else self._again(row).content(form, lang)
        if digest(content) != expected:
            raise AuditBroken(
                "The stored report is not the one that was made; it is not shown.",
                "存储的报告与生成时不一致，不予展示。",
            )
        score = self._ledger.decision(row.score_id)
        about = self._audit.subject_digest(score.subject_kind, score.subject_id)
        details = {"purpose": score.purpose, "form": form, "language": lang}
        self._ledger.record_act(Entry(caller, REPORT_READ, about, report_id, details))
        headers = {
            "ETag": f'"{expected}"',
            "Content-Language": "en" if lang == "en" else "zh-CN",
            "Content-Disposition": f'inline; filename="xinqiao-{report_id}-{lang}.{form}"',
        }
        return ReportFile(content, _MEDIA[form], headers)

    def replay(self, report_id: str) -> Replay:
        """Compose a stored report again from its decision and the lake; compare the documents."""
        row = self._ledger.report(report_id)
        again = self._again(row).document_digest
        return Replay(report_id, again == row.document_digest, row.document_digest, again)

    def _again(self, report: Any) -> Rendered:
        row = self._ledger.decision(report.score_id)
        matched = self._ledger.recommendation_of(report.score_id)
        return self._render(report.report_id, report.created_at, row, matched)

    def _render(self, report_id: str, made_at: str, row: Any, matched: Any) -> Rendered:
        subject = Subject.model_construct(kind=row.subject_kind, id=row.subject_id)
        answer = json.loads(row.answer)
        dossier = self._subjects.dossier(subject, date.fromisoformat(row.as_of))
        history = self._ledger.history(
            row.client_id, row.subject_kind, row.subject_id, _HISTORY, made_at
        )
        material = Material(
            report_id=report_id,
            made_at=made_at,
            purpose=row.purpose,
            dossier=dossier,
            score=answer,
            schema=self._champions.version(row.model_name, row.model_version).model.schema,
            products=json.loads(matched.answer) if matched else None,
            history=tuple((h.created_at, json.loads(h.answer)) for h in history),
            peers=self._subjects.peers(dossier),
            sources=self._subjects.sources(subject),
        )
        return render(compose_report(material))


def _answer(
    report_id: str, row: Any, matched: Any, language: str, rendered: Rendered
) -> dict[str, Any]:
    score = json.loads(row.answer)
    address = f"/v1/reports/{report_id}"
    return {
        "report_id": report_id,
        "score_id": row.decision_id,
        "recommendation_id": matched.decision_id if matched else None,
        "score": score["score"],
        "grade": score["grade"],
        "as_of": row.as_of,
        "language": language,
        "links": {
            "html": f"{address}?format=html&lang={language}",
            "pdf": f"{address}?format=pdf&lang={language}",
        },
        "sha256": {
            "html": digest(rendered.content("html", language)),
            "pdf": digest(rendered.content("pdf", language)),
        },
        "disclaimer": score["disclaimer"],
    }
