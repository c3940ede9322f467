"""What the API routes share: key, media type, body, one hop to a worker thread, problem answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from serving.access import Access
from serving.audit import Caller
from serving.bodies import Body, parse
from serving.errors import UnsupportedMedia

B = TypeVar("B", bound=Body)

SLOW_AT_ONCE = 4  # matches or reports under way in one process; ours

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
    request: Request,
    access: Access,
    model: type[B],
    act: Callable[[B, Caller], Answered],
    threads: CapacityLimiter | None = None,
) -> Response:
    """Check key, media type and body, in this order, then act; one thread hop for all of it.

    ``threads`` bounds how many of these run at once, so that slow answers leave room for scores.
    """
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

    done = await to_thread.run_sync(work, limiter=threads)
    headers = {"Location": done.location} if done.location else None
    return Response(done.text, done.status, headers, media_type="application/json")


def body_of(model: type[Body]) -> dict[str, Any]:
    """The OpenAPI part of a route that reads its body itself."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}, "security": SECURITY}
