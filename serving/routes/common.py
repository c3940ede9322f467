"""What the API routes share: key, media type, body, one hop to a worker thread, problem answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from serving.access import Access
from serving.audit import Caller
from serving.bodies import Body, parse
from serving.errors import UnsupportedMedia

B = TypeVar("B", bound=Body)

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}]


@dataclass(frozen=True)
class Answered:
    """What a service gives a route to send."""

    text: str
    status: int = 200
    location: str | None = None


def caller_of(access: Access, request: Request) -> Caller:
    """The client whose API key the request carries, or Unauthorised."""
    headers = request.headers
    return access.client(headers.get("authorization"), headers.get("x-api-key"))


async def answer(
    request: Request, access: Access, model: type[B], act: Callable[[B, Caller], Answered]
) -> Response:
    """Check key, media type and body, in this order, then act; one thread hop for all of it."""
    raw = await request.body()

    def work() -> Answered:
        caller = caller_of(access, request)
        media = request.headers.get("content-type", "application/json").partition(";")[0]
        if media.strip().lower() not in ("application/json", "text/json"):
            raise UnsupportedMedia(
                "Send the body as JSON with Content-Type: application/json.",
                "请以 JSON 发送请求体，并设置 Content-Type: application/json。",
            )
        return act(parse(model, raw), caller)

    done = await run_in_threadpool(work)
    headers = {"Location": done.location} if done.location else None
    return Response(done.text, done.status, headers, media_type="application/json")


def body_of(model: type[Body]) -> dict[str, Any]:
    """The OpenAPI part of a route that reads its body itself."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}, "security": SECURITY}
