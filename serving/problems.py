"""Problem details (RFC 9457): the table of problem types and how an error becomes an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from serving.errors import FieldError, ServingError, Throttled
from serving.moments import answer_text

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem: a stable address, a status and both titles, with examples."""

    slug: str
    status: int
    title_zh: str
    title_en: str
    example: str
    no_example: str

    @property
    def address(self) -> str:
        """The relative address under which the type is explained."""
        return f"/problems#{self.slug}"


PROBLEMS: dict[str, ProblemType] = {
    problem.slug: problem
    for problem in (
        ProblemType(
            "unauthorised",
            401,
            "未提供有效的 API 密钥",
            "No valid API key",
            "POST /v1/scores without X-API-Key",
            "GET /healthz without a key: it needs none",
        ),
        ProblemType(
            "forbidden",
            403,
            "不允许此操作",
            "Not allowed",
            "a portal form sent without its form token",
            "the same form sent from our page",
        ),
        ProblemType(
            "not-found", 404, "页面或记录不存在", "Not found", "GET /v1/nothing", "GET /healthz"
        ),
        ProblemType(
            "unknown-subject",
            404,
            "未找到该主体",
            "Unknown subject",
            "an id of good form of which no records were received",
            "an id that breaks the form (invalid-request)",
        ),
        ProblemType(
            "method-not-allowed",
            405,
            "不支持此请求方法",
            "Method not allowed",
            "GET /v1/scores",
            "POST /v1/scores",
        ),
        ProblemType(
            "not-acceptable",
            406,
            "无法提供所要求的格式",
            "Not acceptable",
            "GET /v1/reports/{id} with Accept: image/png",
            "GET /v1/reports/{id} with Accept: text/html",
        ),
        ProblemType(
            "too-large", 413, "请求体过大", "Request body too large", "a body of 3 MB", "1 kB"
        ),
        ProblemType(
            "unsupported-media",
            415,
            "请求体必须是 JSON",
            "The request body must be JSON",
            "Content-Type: text/csv",
            "Content-Type: application/json",
        ),
        ProblemType(
            "invalid-request",
            422,
            "请求内容不符合要求",
            "The request is not valid",
            "purpose CURIOSITY",
            "purpose LOAN_APPROVAL",
        ),
        ProblemType(
            "throttled",
            429,
            "尝试次数过多",
            "Too many attempts",
            "the sixth wrong password in a row",
            "the first wrong password",
        ),
        ProblemType(
            "internal",
            500,
            "服务内部错误",
            "Internal error",
            "a fault of ours; the request id finds it in the log",
            "any request that breaks a form (422)",
        ),
        ProblemType(
            "not-ready",
            503,
            "服务尚未就绪",
            "Not ready",
            "no champion model has been registered",
            "models loaded and database reachable",
        ),
    )
}

_OF_STATUS = {
    401: "unauthorised",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media",
    422: "invalid-request",
    429: "throttled",
    503: "not-ready",
}


@dataclass(frozen=True)
class Problem:
    """An error on its way out: type, sentences, fields, extra headers."""

    kind: ProblemType
    detail_zh: str
    detail_en: str
    fields: tuple[FieldError, ...]
    headers: Mapping[str, str]


def problem_of(error: ServingError) -> Problem:
    """The problem an error of this room is told as."""
    headers: dict[str, str] = {}
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.problem == "unauthorised":
        headers["WWW-Authenticate"] = 'Bearer realm="xinqiao"'
    return Problem(PROBLEMS[error.problem], error.detail_zh, error.detail_en, error.fields, headers)


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem for an error of the framework (no such path, wrong method, ...)."""
    kind = PROBLEMS[_OF_STATUS.get(status, "internal" if status >= 500 else "invalid-request")]
    return Problem(kind, f"{kind.title_zh}。", f"{kind.title_en}.", (), headers or {})


def internal_problem() -> Problem:
    """A fault of ours: nothing of its cause is told outside."""
    kind = PROBLEMS["internal"]
    return Problem(
        kind,
        "服务出现内部错误，请凭请求编号联系管理员。",
        "The service met an internal error; quote the request id to its operator.",
        (),
        {},
    )


def problem_response(problem: Problem, request_id: str) -> Response:
    """Problem details as JSON; never echoes what the caller sent."""
    kind = problem.kind
    content: dict[str, Any] = {
        "type": kind.address,
        "title": kind.title_en,
        "status": kind.status,
        "detail": problem.detail_en,
        "instance": f"urn:xinqiao:request:{request_id}",
        "title_zh": kind.title_zh,
        "detail_zh": problem.detail_zh,
        "request_id": request_id,
    }
    if problem.fields:
        content["errors"] = [
            {"field": f.field, "detail": f.detail_en, "detail_zh": f.detail_zh}
            for f in problem.fields
        ]
    return Response(
        answer_text(content).encode(),
        kind.status,
        headers=dict(problem.headers),
        media_type=MEDIA_TYPE,
    )
