"""The one BentoML service: the FastAPI app, mounted whole.

BentoML supervises the worker processes and owns the socket; its own system routes (``livez``, ``readyz``,
``metrics``) live below ``/_bentoml`` so that ``/healthz`` and ``/readyz`` are ours. The app is built
in each worker, not at import: the supervisor imports this file too.
"""

from __future__ import annotations

import atexit
import gc
from typing import Any, cast

import bentoml
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.settings import Settings

_REQUEST_SECONDS = 60


class _Front:
    """Hands requests to the app once the worker has built it; BentoML mounts it before."""

    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        assert self.app is not None, "BentoML serves no request before its instance is made"
        await self.app(scope, receive, send)


_front = _Front()


@bentoml.service(
    name="xinqiao",
    path_prefix="/_bentoml",
    workers=Settings().workers,
    traffic={"timeout": _REQUEST_SECONDS},
    # Its access log is doubled work on the request path; ours is the audit trail.
    logging={"access": {"enabled": False}},
)
class Xinqiao:
    """信桥: explainable credit scores, matched products and reports."""

    def __init__(self) -> None:
        from serving.app import create_app
        from serving.warmup import warm_up
        from serving.wiring import build

        services = build(Settings())
        _front.app = create_app(services)
        warm_up(services)
        # Full collections over the objects of all imports took 100 to 300 ms; set them aside.
        gc.collect()
        gc.freeze()
        atexit.register(gc.unfreeze)  # so that native libraries can put their own things away
        gc.set_threshold(50_000, 20, 50)


# Appended as it is: ``mount_asgi_app`` would put the path prefix before it.
cast(Any, Xinqiao).mount_apps.append((_front, "/", "xinqiao"))
