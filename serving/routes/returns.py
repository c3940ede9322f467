"""POST /v1/scores/{score_id}/decision and POST /v1/accounts/{account_no}/outcome."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from serving.access import Access
from serving.answers import PROBLEM_ANSWERS, BankDecisionAnswer, OutcomeAnswer
from serving.audit import Caller
from serving.bodies import BankDecisionRequest, OutcomeRequest
from serving.errors import NotFound
from serving.moments import is_record_id
from serving.returns import Kept, ReturnsService
from serving.routes.common import Answered, answer, body_of

_ACCOUNT = re.compile("[0-9A-Za-z-]{1,40}")


def router(access: Access, returns: ReturnsService) -> APIRouter:
    """The routes by which a bank reports back."""
    routes = APIRouter(tags=["回报 Returns"])

    @routes.post(
        "/v1/scores/{score_id}/decision",
        summary="回报授信决定 Report the decision on a score",
        status_code=201,
        responses={
            201: {"model": BankDecisionAnswer},
            200: {"model": BankDecisionAnswer, "description": "已回报过 Reported before"},
            **PROBLEM_ANSWERS,
        },
        openapi_extra=body_of(BankDecisionRequest),
        response_class=Response,
    )
    async def post_decision(request: Request, score_id: str) -> Response:
        """Keep what the bank decided on its own score; once for a score, the same body again is answered alike."""

        def act(body: BankDecisionRequest, caller: Caller) -> Answered:
            if not is_record_id(score_id):
                raise NotFound("There is no such record.", "没有这条记录。")
            return _told(returns.decide(score_id, body, caller))

        return await answer(request, access, BankDecisionRequest, act)

    @routes.post(
        "/v1/accounts/{account_no}/outcome",
        summary="回报贷款结果 Report how a loan ended or stands",
        status_code=201,
        responses={
            201: {"model": OutcomeAnswer},
            200: {"model": OutcomeAnswer, "description": "已回报过 Reported before"},
            **PROBLEM_ANSWERS,
        },
        openapi_extra=body_of(OutcomeRequest),
        response_class=Response,
    )
    async def post_outcome(request: Request, account_no: str) -> Response:
        """Keep the outcome of a loan that the bank reported; later observations may follow until it ends."""

        def act(body: OutcomeRequest, caller: Caller) -> Answered:
            if not _ACCOUNT.fullmatch(account_no):
                raise NotFound("There is no such record.", "没有这条记录。")
            return _told(returns.end(account_no, body, caller))

        return await answer(request, access, OutcomeRequest, act)

    return routes


def _told(kept: Kept) -> Answered:
    return Answered(kept.text, 201 if kept.new else 200)
