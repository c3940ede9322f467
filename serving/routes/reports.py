"""POST /v1/reports and GET /v1/reports/{id}."""

from __future__ import annotations

from typing import Literal

from anyio import CapacityLimiter
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from data_contracts.rendering.html import CSP
from serving.access import Access
from serving.answers import PROBLEM_ANSWERS, ReportAnswer
from serving.audit import Caller
from serving.bodies import ReportRequest
from serving.errors import FieldError, InvalidRequest, NotAcceptable, NotFound
from serving.moments import answer_text, is_record_id
from serving.reporting import Format, ReportingService
from serving.routes.common import SECURITY, SLOW_AT_ONCE, Answered, answer, body_of, caller_of


def router(access: Access, reporting: ReportingService) -> APIRouter:
    """The routes of the reporting service."""
    routes = APIRouter(tags=["报告 Reports"])

    threads = CapacityLimiter(SLOW_AT_ONCE)

    def act(body: ReportRequest, caller: Caller) -> Answered:
        made = reporting.create(body, caller)
        return Answered(answer_text(made), 201, f"/v1/reports/{made['report_id']}")

    @routes.post(
        "/v1/reports",
        summary="生成信用报告 Make a credit report",
        status_code=201,
        responses={201: {"model": ReportAnswer}, **PROBLEM_ANSWERS},
        openapi_extra=body_of(ReportRequest),
        response_class=Response,
    )
    async def post_report(request: Request) -> Response:
        """Score the subject, match products and compose the report; it can be read as HTML and PDF."""
        return await answer(request, access, ReportRequest, act, threads)

    @routes.get(
        "/v1/reports/{report_id}",
        summary="读取信用报告 Read a credit report",
        responses={
            200: {"content": {"text/html": {}, "application/pdf": {}}},
            **{status: PROBLEM_ANSWERS[status] for status in (401, 404, 422)},
        },
        openapi_extra={
            "security": SECURITY,
            "parameters": [
                _parameter("format", ["html", "pdf"], "by the Accept header if absent"),
                _parameter("lang", ["zh", "en"], "the report's own language if absent"),
            ],
        },
        response_class=Response,
    )
    async def get_report(request: Request, report_id: str) -> Response:
        """Give the report as it was made: the same id always gives the same bytes."""

        def work() -> Response:
            caller = caller_of(access, request)
            form, language = _format_of(request), _language_of(request)
            if not is_record_id(report_id):
                raise NotFound("There is no such record.", "没有这条记录。")
            file = reporting.read(report_id, caller, form, language)
            headers = {"Content-Security-Policy": CSP, "Vary": "Accept", **file.headers}
            return Response(file.content, media_type=file.media_type, headers=headers)

        return await run_in_threadpool(work)

    return routes


def _format_of(request: Request) -> Format:
    wish = request.query_params.get("format")
    if wish is None:
        return _accepted(request.headers.get("accept", "*/*"))
    if wish == "html":
        return "html"
    if wish == "pdf":
        return "pdf"
    raise _bad("format", "html, pdf")


def _language_of(request: Request) -> Literal["zh", "en"] | None:
    wish = request.query_params.get("lang")
    if wish is None:
        return None
    if wish == "zh":
        return "zh"
    if wish == "en":
        return "en"
    raise _bad("lang", "zh, en")


def _accepted(header: str) -> Format:
    """HTML or PDF by the Accept header's quality values; HTML when both are equally welcome."""
    best: tuple[float, Format | None] = (0.0, None)
    for form, media in (("html", "text/html"), ("pdf", "application/pdf")):
        quality = _quality(header, media)
        if quality > best[0]:
            best = (quality, "html" if form == "html" else "pdf")
    if best[1] is None:
        raise NotAcceptable(
            "A report is offered as text/html and application/pdf.",
            "报告仅提供 text/html 与 application/pdf 两种格式。",
        )
    return best[1]


def _quality(header: str, media: str) -> float:
    """The quality value of a media type; the most specific range counts (RFC 9110, 12.5.1)."""
    wildcard = media.partition("/")[0] + "/*"
    found = (0, 0.0)
    for part in header.split(","):
        name, *parameters = [piece.strip().lower() for piece in part.split(";")]
        rank = {media: 3, wildcard: 2, "*/*": 1}.get(name, 0)
        if rank > found[0]:
            quality = 1.0
            for parameter in parameters:
                key, _, value = parameter.partition("=")
                if key == "q":
                    plain = value.replace(".", "", 1).isdigit() and value.isascii()
                    quality = float(value) if plain else 0.0
            found = (rank, quality)
    return found[1]


def _bad(name: str, expected: str) -> InvalidRequest:
    fields = (FieldError(name, f"应为 {expected} 之一", f"expected: {expected}"),)
    return InvalidRequest(f"Not valid: {name}.", f"以下内容不符合要求：{name}。", fields)


def _parameter(name: str, values: list[str], text: str) -> dict[str, object]:
    schema = {"type": "string", "enum": values}
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
