"""Registered models: versions with their state, aliases, and a history that is only ever added to.

A state is a tag of the version; every change of it adds a tag ``history.NNNN`` to the version and a line to
``registry/NAME.jsonl`` in the workspace. Each line holds the SHA-256 of the one before, so that an edit shows.
``registry/aliases.json`` tells a running service that an alias has moved.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from training.errors import TrainingError
from training.tracking import Tracking

CHAMPION, SHADOW, FALLBACK = "champion", "shadow", "fallback"


class State(StrEnum):
    """Where a version is in its life (REG-53)."""

    DRAFT = "DRAFT"
    TESTED = "TESTED"
    REVIEWED = "REVIEWED"
    LIVE = "LIVE"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.TESTED, State.RETIRED),
    State.TESTED: (State.REVIEWED, State.RETIRED),
    State.REVIEWED: (State.LIVE, State.RETIRED),
    State.LIVE: (State.SUSPENDED, State.RETIRED),
    State.SUSPENDED: (State.LIVE, State.RETIRED),
    State.RETIRED: (),
}
"""What each state may become. SUSPENDED is out of service and may return; RETIRED is for good. Nothing is erased."""

STATE_TITLES: dict[State, str] = {
    State.DRAFT: "草稿",
    State.TESTED: "已测试",
    State.REVIEWED: "已复核",
    State.LIVE: "在用",
    State.SUSPENDED: "暂停",
    State.RETIRED: "退役",
}


@dataclass(frozen=True)
class Version:
    """A registered version."""

    name: str
    number: int
    run_id: str
    tags: Mapping[str, str]
    aliases: tuple[str, ...]

    @property
    def state(self) -> State:
        """Its state; versions from before there were states are drafts."""
        return State(self.tags.get("state", State.DRAFT))

    @property
    def history(self) -> list[dict[str, Any]]:
        """Its transitions, oldest first: from, to, by, at, why and what the gates found."""
        keys = sorted(key for key in self.tags if key.startswith("history."))
        return [json.loads(self.tags[key]) for key in keys]


@dataclass(frozen=True)
class Registry:
    """The model registry of a workspace."""

    tracking: Tracking

    def register(
        self, name: str, run_id: str, tags: Mapping[str, str], description: str = ""
    ) -> int:
        """Make a draft version from a run's `model` folder; the one that a run has already is given back.

        The version, its tags and its state are one write: it is there whole or not at all.
        """
        client = self.tracking.client
        with self.tracking.answering(f"register a version of {name}"):
            for found in client.search_model_versions(f"run_id = '{run_id}'"):
                if found.name == name:
                    return int(found.version)
        if not self._known(name):
            with self.tracking.answering(f"register the model {name}"):
                client.create_registered_model(name, description=description)
        with self.tracking.answering(f"register a version of {name}"):
            source = f"{client.get_run(run_id).info.artifact_uri}/model"
            made = client.create_model_version(
                name,
                source,
                run_id=run_id,
                tags={**tags, "state": State.DRAFT.value},
                description=description,
            )
        return int(made.version)

    def _known(self, name: str) -> bool:
        with self.tracking.answering("list registered models"):
            return bool(self.tracking.client.search_registered_models(f"name = '{name}'"))

    def names(self) -> list[str]:
        """Names of all registered models."""
        with self.tracking.answering("list registered models"):
            return sorted(m.name for m in self.tracking.client.search_registered_models())

    def versions(self, name: str) -> list[Version]:
        """All versions of a model, oldest first; none of an unknown name."""
        aliases = self.aliases(name)
        with self.tracking.answering(f"list versions of {name}"):
            found: list[Any] = []
            page = self.tracking.client.search_model_versions(f"name = '{name}'", 1000)
            found += page
            while page.token:
                page = self.tracking.client.search_model_versions(
                    f"name = '{name}'", 1000, page_token=page.token
                )
                found += page
        made = [
            Version(
                name,
                int(v.version),
                str(v.run_id),
                dict(v.tags),
                tuple(alias for alias, number in aliases.items() if number == int(v.version)),
            )
            for v in found
        ]
        return sorted(made, key=lambda one: one.number)

    def version(self, name: str, number: int) -> Version:
        """One version.

        Raises
        ------
        TrainingError
            When there is none, naming what there is.
        """
        for one in self.versions(name):
            if one.number == number:
                return one
        names = ", ".join(self.names()) or "none"
        raise TrainingError(
            f"There is no version {number} of {name!r}.",
            f"registered models are: {names}; xinqiao registry list NAME shows versions",
        )

    def aliases(self, name: str) -> dict[str, int]:
        """Alias -> version number of a model."""
        if not self._known(name):
            return {}
        with self.tracking.answering(f"read aliases of {name}"):
            found = self.tracking.client.get_registered_model(name).aliases
        return {alias: int(number) for alias, number in found.items()}

    def champion(self, name: str) -> int | None:
        """The version that carries the champion alias, or None."""
        return self.aliases(name).get(CHAMPION)

    def set_alias(self, name: str, alias: str, number: int | None) -> None:
        """Move an alias to a version, or take it away, and tell the running service."""
        client = self.tracking.client
        with self.tracking.answering(f"move the alias {alias} of {name}"):
            if number is not None:
                client.set_registered_model_alias(name, alias, str(number))
            elif alias in self.aliases(name):
                client.delete_registered_model_alias(name, alias)
        self._tell(name)

    def move(
        self, version: Version, to: State, *, by: str, why: str, **more: Any
    ) -> dict[str, Any]:
        """Change a version's state and write the history; whether it may is not asked here but in `promote.py`.

        Returns
        -------
        dict
            What was written.
        """
        client = self.tracking.client
        entry = {
            "name": version.name,
            "version": version.number,
            "from": version.state.value,
            "to": to.value,
            "by": by,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "why": why,
            **more,
        }
        now = self.version(version.name, version.number)
        if now.state != version.state:
            raise TrainingError(
                f"{version.name} version {version.number} became {now.state} meanwhile.",
                "look again",
            )
        key = f"history.{len(now.history) + 1:04d}"
        text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
        with self.tracking.answering(f"move {version.name} version {version.number} to {to}"):
            client.set_model_version_tag(version.name, str(version.number), key, text)
            client.set_model_version_tag(version.name, str(version.number), "state", to.value)
        append_history(self.tracking.workspace.registry_dir / f"{version.name}.jsonl", entry)
        return entry

    def note(self, name: str, entry: Mapping[str, Any]) -> None:
        """Write into the workspace's history what changes no state, such as a shadow that begins."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        append_history(self.tracking.workspace.registry_dir / f"{name}.jsonl", {**entry, "at": at})

    def tag(self, version: Version, key: str, value: str) -> None:
        """Write one tag of a version."""
        with self.tracking.answering(f"tag {version.name} version {version.number}"):
            self.tracking.client.set_model_version_tag(
                version.name, str(version.number), key, value
            )

    def _tell(self, name: str) -> None:
        """Write the aliases into the workspace, where a running service looks."""
        path = self.tracking.workspace.registry_dir / "aliases.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        told[name] = self.aliases(name)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(told, indent=1, sort_keys=True), encoding="utf-8")
        os.replace(part, path)


def append_history(path: Path, entry: Mapping[str, Any]) -> None:
    """Add one line to a history; it holds the digest of the line before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_bytes().splitlines() if path.exists() else []
    before = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
    text = json.dumps({**entry, "previous": before}, ensure_ascii=False, sort_keys=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_history(path: Path) -> list[dict[str, Any]]:
    """All lines of a history, oldest first.

    Raises
    ------
    TrainingError
        When a line was edited or taken out.
    """
    before, entries = "", []
    for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else [], 1):
        entry = json.loads(line)
        if entry.get("previous") != before:
            raise TrainingError(
                f"{path.name} line {number} does not follow from the one before it."
            )
        before = hashlib.sha256(line).hexdigest()
        entries.append(entry)
    return entries
