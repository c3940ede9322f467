"""Which sheets a workbook has, and in which part of its archive each stands."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from data_contracts.errors import ContractsError
from data_contracts.intake.readers.archive import Archive, damaged


@dataclass(frozen=True)
class SheetPlace:
    """A sheet: its name, its part in the archive, and whether a user sees it."""

    name: str
    part: str
    visible: bool


def sheets(archive: Archive, path: Path) -> list[SheetPlace]:
    """Worksheets of a workbook, in its order.

    Raises
    ------
    ContractsError
        For a workbook with macros, a file of another kind, or parts that do not fit together.
    """
    root = _relations(archive, path, "_rels/.rels", "")
    books = [target for kind, target in root.values() if kind == "officeDocument"]
    if len(books) != 1:
        raise damaged(path)
    book = books[0]
    folder, name = posixpath.split(book)
    targets = _relations(archive, path, f"{folder}/_rels/{name}.rels".lstrip("/"), folder)
    if f"{folder}/vbaProject.bin" in archive or any(
        kind == "vbaProject" for kind, _ in targets.values()
    ):
        raise ContractsError(
            "the workbook has macros.", hint="save it as .xlsx, without macros", file=path
        )
    found: list[SheetPlace] = []
    for tag, attributes in _elements(archive, book):
        if tag != "sheet":
            continue
        relation = next((attributes[key] for key in attributes if key.endswith(" id")), "")
        kind, part = targets.get(relation, ("", ""))
        if kind == "worksheet":
            visible = attributes.get("state", "visible") == "visible"
            found.append(SheetPlace(attributes.get("name", ""), part, visible))
    if not found or len({place.name for place in found}) != len(found):
        raise damaged(path)
    return found


def _relations(archive: Archive, path: Path, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Kind and target of each relation of a part."""
    found: dict[str, tuple[str, str]] = {}
    for tag, attributes in _elements(archive, part):
        if tag == "Relationship":
            name, target = attributes.get("Id", ""), attributes.get("Target", "")
            if name in found:
                raise damaged(path)
            whole = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[name] = kind, posixpath.normpath(whole)
    return found


def _elements(archive: Archive, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: found.append(
        (name.rpartition(" ")[2], attributes)
    )
    archive.parse(part, parser)
    return found


class _Enough(Exception):
    """A cell was found."""


def has_cells(archive: Archive, place: SheetPlace) -> bool:
    """Whether a sheet holds any value."""

    def begin(name: str, _: dict[str, str]) -> None:
        if name.rpartition(" ")[2] in ("v", "is", "f"):
            raise _Enough

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    try:
        archive.parse(place.part, parser)
    except _Enough:
        return True
    return False
