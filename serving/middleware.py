"""The envelope of every request: request id, security headers, body limit, and faults of ours."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.errors import TooLarge
from serving.problems import Problem, internal_problem, problem_of

log = logging.getLogger("xinqiao.serving")

_GOOD_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cache-Control": "no-store",
}

Answer = Callable[[Scope, Problem, str], Response]


class _BodyTooLarge(Exception):
    """Raised inside ``receive`` when a body without a stated length grows too large."""


class Envelope:
    """Outermost ASGI layer of the app.

    Parameters
    ----------
    app : ASGIApp
        What is wrapped.
    max_body_bytes : int
        Larger bodies are answered 413 without being read to the end.
    answer : callable
        Makes the response to a problem (JSON or a page, by the path).
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, answer: Answer) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False
        length = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-ID"] = request_id
            await send(message)

        async def limited_receive() -> Message:
            nonlocal length
            message = await receive()
            if message["type"] == "http.request":
                length += len(message.get("body", b""))
                if length > self._max_body_bytes:
                    raise _BodyTooLarge
            return message

        problem: Problem | None = None
        if _stated_length(scope) > self._max_body_bytes:
            problem = self._too_large()
        else:
            try:
                await self._app(scope, limited_receive, send_with_headers)
            except _BodyTooLarge:
                problem = self._too_large()
            except Exception:
                _log_fault(request_id)
                problem = internal_problem()
        if problem is not None and not started:
            response = self._answer(scope, problem, request_id)
            response.headers["Connection"] = "close"  # the rest of the body was not read
            await response(scope, receive, send_with_headers)

    def _too_large(self) -> Problem:
        limit = self._max_body_bytes
        return problem_of(
            TooLarge(f"The body may have at most {limit} bytes.", f"请求体不得超过 {limit} 字节。")
        )


def _request_id(scope: Scope) -> str:
    """The caller's X-Request-ID when it is harmless, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GOOD_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return secrets.token_hex(12)


def _stated_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 19 else sys.maxsize
    return 0


def _log_fault(request_id: str) -> None:
    """Log where and what kind, without the message: it may carry data of a person."""
    kind, _, trace = sys.exc_info()
    where = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-6:]]
    name = kind.__name__ if kind else "fault"
    log.error("request %s failed: %s at %s", request_id, name, " < ".join(reversed(where)))
