"""Follows the registry while the service runs: a promotion, a rollback or a suspension acts without a restart.

The training room writes ``registry/aliases.json`` in the workspace whenever an alias moves. A thread looks at its
time; when it changed, champions that lost their place are dropped at once (REG-56), then the registry is asked and
the new ones are loaded.
"""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from data_contracts.workspace import Workspace
from serving.champions import Champions
from serving.errors import NotReady
from serving.model_store import ModelStore

log = logging.getLogger("xinqiao.serving")


class RegistryWatch:
    """Looks for moved aliases every few seconds.

    Parameters
    ----------
    workspace : Workspace
    store : ModelStore
    champions : Champions
    seconds : float
        Between two looks; 0 never looks.
    """

    def __init__(
        self, workspace: Workspace, store: ModelStore, champions: Champions, seconds: float
    ) -> None:
        self._path = workspace.registry_dir / "aliases.json"
        self._store = store
        self._champions = champions
        self._seconds = seconds
        self._seen = _moment(self._path)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> RegistryWatch:
        """Begin to look."""
        if self._seconds > 0:
            self._thread = threading.Thread(target=self._work, name="registry-watch", daemon=True)
            self._thread.start()
        return self

    def close(self) -> None:
        """End."""
        self._stop.set()

    def look(self) -> bool:
        """Look once; whether something had changed."""
        now = _moment(self._path)
        if now == self._seen:
            return False
        self._seen = now
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            self._champions.withdraw(
                {name: aliases.get("champion") for name, aliases in told.items()}
            )
            self._store.pull_apart()
        except (OSError, ValueError) as error:
            log.warning("registry/aliases.json cannot be read: %s", type(error).__name__)
            return False
        except NotReady as error:
            log.warning("%s", error.detail_en)
            return False
        self._champions.load()
        return True

    def _work(self) -> None:
        while not self._stop.wait(self._seconds):
            self.look()


def _moment(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
