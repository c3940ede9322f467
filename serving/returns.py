"""What a bank reports back on its own scores: its decision, and how the loan ended.

Both come back to training as records (``serving/returns_export.py``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from serving.actions import DECISION_REPORTED, OUTCOME_REPORTED
from serving.audit import Audit, Caller, Entry
from serving.bodies import BankDecisionRequest, Body, OutcomeRequest
from serving.database import Database
from serving.errors import FieldError, InvalidRequest, NotFound
from serving.ledger import Ledger
from serving.moments import Clock, answer_text, canonical, moment_text, new_id
from serving.tables import account_outcomes, bank_decisions

ENDED = ("PAID_IN_FULL", "CHARGED_OFF")


@dataclass(frozen=True)
class Kept:
    """An answer, and whether anything is new."""

    text: str
    new: bool


class ReturnsService:
    """Answers POST /v1/scores/{score_id}/decision and POST /v1/accounts/{account_no}/outcome."""

    def __init__(self, database: Database, ledger: Ledger, audit: Audit, clock: Clock) -> None:
        self._database = database
        self._ledger = ledger
        self._audit = audit
        self._clock = clock

    def decide(self, score_id: str, body: BankDecisionRequest, caller: Caller) -> Kept:
        """Keep the bank's decision on one of its scores; the same body again changes nothing.

        Raises
        ------
        NotFound
            When the score is not this bank's.
        InvalidRequest
            When the parts do not fit each other, or another decision was reported before.
        """
        score = self._ledger.decision(score_id)
        if score.client_id != caller.client_id or score.kind != "score":
            raise NotFound("There is no such record.", "没有这条记录。")
        request = _canonical(body)
        if (known := self._decision(score_id)) is not None:
            return _same(known, request, _decision_answer(score_id, body))
        _check_decision(body, score.as_of)
        moment = self._clock()
        return_id = new_id("ret", moment)
        row = {
            "return_id": return_id,
            "score_id": score_id,
            "client_id": caller.client_id,
            "decision": body.decision,
            "decided_on": body.decided_on.isoformat(),
            "account_no": body.account_no,
            "request": request,
            "created_at": moment_text(moment),
        }
        subject = self._audit.subject_digest(score.subject_kind, score.subject_id)
        details = {"score_id": score_id, "decision": body.decision}
        entry = Entry(caller, DECISION_REPORTED, subject, return_id, details)
        try:
            self._ledger.record_returned(bank_decisions, row, entry)
        except IntegrityError as error:
            # Either the same score was answered at the same moment, or another loan has this number.
            known = self._decision(score_id)
            if known is None:
                raise _refused(
                    "account_no", "该账户编号已用于另一笔决定", "another decision has this number"
                ) from error
            return _same(known, request, _decision_answer(score_id, body))
        return Kept(_decision_answer(score_id, body), True)

    def end(self, account_no: str, body: OutcomeRequest, caller: Caller) -> Kept:
        """Keep how a loan ended or stands; the same body as the newest changes nothing.

        Raises
        ------
        NotFound
            When the bank has reported no such account.
        InvalidRequest
            When the day is before the last report or the opening, or the loan had ended before.
        """
        loan = self._account(caller.client_id, account_no)
        known = self._newest_outcome(loan.return_id)
        request = _canonical(body)
        text = answer_text({"account_no": account_no, **body.model_dump(mode="json")})
        if known is not None:
            if known.request == request:
                return Kept(text, False)
            if json.loads(known.request)["status"] in ENDED:
                raise _refused("status", "该贷款已终结", "this loan had ended before")
        opened = json.loads(loan.request)["opened_on"]
        if body.outcome_on.isoformat() < max(opened, known.outcome_on if known else opened):
            raise _refused(
                "outcome_on",
                "不得早于开户日或上一次回报的日期",
                "not before the opening, nor before the last report's day",
            )
        moment = self._clock()
        score = self._ledger.decision(loan.score_id)
        outcome_id = new_id("out", moment)
        row = {
            "outcome_id": outcome_id,
            "return_id": loan.return_id,
            "outcome_on": body.outcome_on.isoformat(),
            "request": request,
            "created_at": moment_text(moment),
        }
        subject = self._audit.subject_digest(score.subject_kind, score.subject_id)
        entry = Entry(caller, OUTCOME_REPORTED, subject, outcome_id, {"status": body.status})
        self._ledger.record_returned(account_outcomes, row, entry)
        return Kept(text, True)

    def _decision(self, score_id: str) -> Row[Any] | None:
        wanted = select(bank_decisions).where(bank_decisions.c.score_id == score_id)
        with self._database.read() as connection:
            return connection.execute(wanted).first()

    def _account(self, client_id: str, account_no: str) -> Row[Any]:
        c = bank_decisions.c
        wanted = select(bank_decisions).where(c.client_id == client_id, c.account_no == account_no)
        with self._database.read() as connection:
            found = connection.execute(wanted).first()
        if found is None:
            raise NotFound("There is no such record.", "没有这条记录。")
        return found

    def _newest_outcome(self, return_id: str) -> Row[Any] | None:
        c = account_outcomes.c
        wanted = (
            select(account_outcomes)
            .where(c.return_id == return_id)
            .order_by(c.outcome_on.desc(), c.created_at.desc())
        )
        with self._database.read() as connection:
            return connection.execute(wanted.limit(1)).first()


def _canonical(body: Body) -> str:
    return canonical(body.model_dump(mode="json"))


def _decision_answer(score_id: str, body: BankDecisionRequest) -> str:
    return answer_text({"score_id": score_id, **body.model_dump(mode="json")})


def _same(known: Row[Any], request: str, answer: str) -> Kept:
    if known.request != request:
        raise _refused(
            "decision",
            "该评分已回报过另一决定，不可更改",
            "another decision on this score was reported before; it can not be changed",
        )
    return Kept(answer, False)


def _check_decision(body: BankDecisionRequest, as_of: str) -> None:
    if body.decided_on < date.fromisoformat(as_of):
        raise _refused("decided_on", "不得早于评分日期", "not before the day of the score")
    if (body.account_no is None) != (body.opened_on is None):
        raise _refused(
            "opened_on", "须与 account_no 同时给出", "given together with account_no, or not at all"
        )
    if body.account_no is not None and (body.decision != "approved" or not body.amount_cents):
        raise _refused(
            "account_no",
            "只有获批且有金额的决定才能开户",
            "only an approved decision with an amount opens a loan",
        )
    if body.opened_on is not None and body.opened_on < body.decided_on:
        raise _refused("opened_on", "不得早于决定日期", "not before decided_on")
    if body.decision == "rejected" and not body.reasons:
        raise _refused("reasons", "拒绝须说明原因", "a rejection names its reasons")


def _refused(field: str, zh: str, en: str) -> InvalidRequest:
    return InvalidRequest(
        f"Not valid: {field}.", f"以下内容不符合要求：{field}。", (FieldError(field, zh, en),)
    )
