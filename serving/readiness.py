"""Whether the service can answer: models loaded, vectors there, database reachable."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from serving.champions import Champions
from serving.database import Database

_RETRY_SECONDS = 5.0


class Readiness:
    """The check behind GET /readyz; loads models that were missing at the start."""

    def __init__(
        self, database: Database, champions: Champions, vectors_fault: Callable[[], str | None]
    ) -> None:
        self._database = database
        self._champions = champions
        self._vectors_fault = vectors_fault
        self._lock = threading.Lock()
        self._tried = time.monotonic()

    def check(self) -> dict[str, Any]:
        """Status, model versions and, when not ready, the reasons."""
        if self._champions.faults and self._lock.acquire(blocking=False):
            try:
                if time.monotonic() - self._tried > _RETRY_SECONDS:
                    self._champions.load()
                    self._tried = time.monotonic()
            finally:
                self._lock.release()
        reasons = [f"{name}: {why}" for name, why in sorted(self._champions.faults.items())]
        fault = self._database.fault()
        if fault:
            reasons.append(f"database: {fault}")
        fault = self._vectors_fault()
        if fault:
            reasons.append(f"vectors: {fault}")
        return {
            "status": "not ready" if reasons else "ready",
            "models": self._champions.versions,
            "reasons": reasons,
        }
