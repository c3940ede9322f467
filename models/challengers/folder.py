"""Challengers as folders of text: model.json, what else the kind needs, and a manifest of digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.errors import ModelsError
from models.schema import canonical

FORMAT = 1


def write_folder(
    folder: Path, kind: str, content: Mapping[str, Any], texts: Mapping[str, str] | None = None
) -> None:
    """Write a model, byte for byte the same each time.

    Parameters
    ----------
    content
        What becomes model.json.
    texts
        Further files by name.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = {**(texts or {}), "model.json": canonical({"kind": kind, **content})}
    for name, text in parts.items():
        (folder / name).write_text(text, encoding="utf-8")
    digests = {name: sha256(text.encode()).hexdigest() for name, text in parts.items()}
    manifest = {"format": FORMAT, "kind": kind, "sha256": digests}
    (folder / "manifest.json").write_text(canonical(manifest), encoding="utf-8")


def read_folder(
    folder: Path, kind: str, names: tuple[str, ...] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what `write_folder` wrote; refuse a folder that was altered.

    Returns
    -------
    content, texts
        Of model.json and of the further files.

    Raises
    ------
    ModelsError
        When a file is absent, altered or of another format or kind.
    """
    folder = Path(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["kind"] != kind:
            raise ModelsError("The folder holds a model of another format or kind.")
        parts = {
            name: (folder / name).read_text(encoding="utf-8") for name in (*names, "model.json")
        }
        for name, text in parts.items():
            if sha256(text.encode()).hexdigest() != manifest["sha256"][name]:
                raise ModelsError(f"{name} was altered after the model was saved.")
        return json.loads(parts.pop("model.json")), parts
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelsError(f"The folder is not a whole saved {kind} model.") from error
