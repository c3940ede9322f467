"""A challenger in the shadow of the champion: it scores live requests after their answers, never in them.

A thread of its own takes the finished decisions of a second from a short queue, scores them together (a model of trees
takes about as long for one row as for a hundred) and writes both probabilities to the table ``shadow_scores``. A full
queue drops decisions and counts them; an error of the challenger is a row with its kind. No caller waits for any of
this or hears of it. Rows name the decision, not the subject.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from serving.champions import Champions, Loaded
from serving.database import Database
from serving.moments import Clock, moment_text
from serving.tables import shadow_scores

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("xinqiao.serving")

_WAITING = 1000
_PAUSE_SECONDS = 1.0  # decisions of this time are scored together and share a commit


@dataclass(frozen=True)
class _Offered:
    decision_id: str
    values: Mapping[str, Any]
    champion: Loaded
    shadow: Loaded
    probability: float


class Shadow:
    """Scores decisions again with the challenger and keeps both probabilities.

    Parameters
    ----------
    champions : Champions
        Knows which version runs in shadow.
    database : Database
    clock : Clock
    """

    def __init__(self, champions: Champions, database: Database, clock: Clock) -> None:
        self._champions = champions
        self._database = database
        self._clock = clock
        self._queue: queue.Queue[_Offered] = queue.Queue(_WAITING)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def offer(
        self, decision_id: str, view: str, values: Mapping[str, Any], champion: Loaded, p: float
    ) -> None:
        """Hand a finished decision over; returns at once, whatever becomes of it."""
        shadow = self._champions.shadow_of(view)
        if shadow is None or shadow.version == champion.version:
            return
        try:
            self._queue.put_nowait(_Offered(decision_id, values, champion, shadow, p))
        except queue.Full:
            self.dropped += 1
            return
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Write what waits, then end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)

    def _work(self) -> None:
        while True:
            stopping = self._stop.wait(_PAUSE_SECONDS)
            batch: list[_Offered] = []
            while len(batch) < _WAITING and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            for _, part in groupby(batch, key=lambda one: one.shadow.model):
                self._write(self._rows(list(part)))
            if stopping and not batch:
                return

    def _rows(self, batch: list[_Offered]) -> list[dict[str, Any]]:
        """Rows of decisions that one challenger scores; those that it can not score together, one by one."""
        shadow, found, fault = batch[0].shadow, np.full(len(batch), np.nan), "ArithmeticError"
        try:
            found = np.asarray(shadow.model.probability(_frame(shadow.model, batch)), np.float64)
            if found.shape != (len(batch),):
                raise ValueError("not one probability a row")
        # A challenger's fault, whatever it is, is a row and never an answer.
        except Exception as error:
            if len(batch) > 1:
                return [row for one in batch for row in self._rows([one])]
            fault = type(error).__name__[:64]
        rows = [
            {
                "decision_id": one.decision_id,
                "model_name": one.champion.name,
                "champion_version": one.champion.version,
                "shadow_version": shadow.version,
                "champion_probability": one.probability,
                "shadow_probability": p if 0 <= p <= 1 else None,
                "fault": None if 0 <= p <= 1 else fault,
                "created_at": moment_text(self._clock()),
            }
            for one, p in zip(batch, found.tolist(), strict=True)
        ]
        faults = {str(row["fault"]) for row in rows if row["fault"]}
        if faults:
            log.warning("shadow %s %s: %s", shadow.name, shadow.version, ", ".join(sorted(faults)))
        return rows

    def _write(self, rows: list[dict[str, Any]]) -> None:
        try:
            with self._database.write() as connection:
                connection.execute(insert(shadow_scores), rows)
        except SQLAlchemyError as error:
            self.dropped += len(rows)
            log.warning("shadow scores were not kept: %s", type(error).__name__)


def _frame(model: Any, batch: list[_Offered]) -> pd.DataFrame:
    import pandas as pd

    def column(name: str, kind: str) -> np.ndarray:
        values = [one.values[name] for one in batch]
        if kind == "number":
            return np.array([np.nan if value is None else float(value) for value in values])
        return np.array(values, dtype=object)

    return pd.DataFrame({field.name: column(field.name, field.kind) for field in model.schema})


def shadow_report(database: Database, name: str = "") -> list[dict[str, Any]]:
    """Champion and challenger on the same live requests, one row for each pair of versions.

    Parameters
    ----------
    database : Database
    name : str
        Of this registered model alone; all if empty.

    Returns
    -------
    list of dict
        model, champion, shadow (versions), requests, faults, first and last moment, mean probability of going bad of
        each, mean and largest absolute difference, rank correlation (Spearman), PSI of the challenger's probabilities
        in the champion's tenths.
    """
    import pandas as pd

    from models.metrics import psi

    wanted = select(shadow_scores)
    if name:
        wanted = wanted.where(shadow_scores.c.model_name == name)
    with database.read() as connection:
        table = pd.DataFrame(connection.execute(wanted).mappings().all())
    found: list[dict[str, Any]] = []
    if table.empty:
        return found
    keys = ["model_name", "champion_version", "shadow_version"]
    for (model, champion, shadow), part in table.groupby(keys, sort=True):
        both = part.dropna(subset=["shadow_probability"])
        a, b = (both[f"{who}_probability"].to_numpy("float64") for who in ("champion", "shadow"))
        row: dict[str, Any] = {
            "model": model,
            "champion": champion,
            "shadow": shadow,
            "requests": len(part),
            "faults": int(part["fault"].notna().sum()),
            "first": part["created_at"].min(),
            "last": part["created_at"].max(),
        }
        if len(both):
            edges = np.unique(np.quantile(a, np.linspace(0.1, 0.9, 9)))
            counts = [
                np.bincount(np.searchsorted(edges, p), minlength=len(edges) + 1) for p in (a, b)
            ]
            varied = len(both) > 1 and a.std() > 0 and b.std() > 0
            ranks = [pd.Series(p).rank() for p in (a, b)]
            row |= {
                "champion_mean": float(a.mean()),
                "shadow_mean": float(b.mean()),
                "mean_difference": float(np.abs(a - b).mean()),
                "largest_difference": float(np.abs(a - b).max()),
                "rank_correlation": float(ranks[0].corr(ranks[1])) if varied else None,
                "psi": psi(*counts),
            }
        found.append(row)
    return found
