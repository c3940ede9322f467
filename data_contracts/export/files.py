"""Write contracts to a folder in the formats that other programs and people read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from data_contracts.errors import ContractsError

if TYPE_CHECKING:
    from data_contracts.contract import Contract

Format = Literal["odcs", "json-schema", "html", "all"]
FORMATS: tuple[Format, ...] = ("odcs", "json-schema", "html", "all")


def export_files(
    contracts: Sequence[type[Contract]], folder: Path, form: Format = "all"
) -> list[Path]:
    """Write contracts.

    Parameters
    ----------
    contracts
        What to write.
    folder
        Where to; made if absent.
    form
        ``odcs``: ``<name>.odcs.yaml``. ``json-schema``: ``<name>.schema.json``. ``html``: the catalogue
        page ``contracts.{zh,en}.{html,md}``. ``all``: all of them.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ContractsError
        For an unknown format or a folder that cannot be written.
    """
    if form not in FORMATS:
        raise ContractsError(f"there is no format {form!r}.", expected=", ".join(FORMATS))
    texts: dict[str, str] = {}
    if form in ("odcs", "all"):
        from data_contracts.export.odcs import odcs_text

        texts |= {f"{found.about.name}.odcs.yaml": odcs_text(found) for found in contracts}
    if form in ("json-schema", "all"):
        texts |= {f"{found.about.name}.schema.json": schema_text(found) for found in contracts}
    if form in ("html", "all"):
        texts |= _pages(contracts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ContractsError(
            "the folder cannot be written.", file=folder, hint="choose another with --out"
        ) from error
    return [folder / name for name in texts]


def schema_text(contract: type[Contract]) -> str:
    """Write the JSON Schema of one record as text."""
    return json.dumps(contract.json_schema(), ensure_ascii=False, indent=1) + "\n"


def _pages(contracts: Sequence[type[Contract]]) -> dict[str, str]:
    from data_contracts.documents import Lang, render_html
    from data_contracts.export.catalogue_page import catalogue_document, catalogue_markdown

    document = catalogue_document(contracts)
    languages: tuple[Lang, ...] = ("zh", "en")
    texts = {f"contracts.{lang}.html": render_html(document, lang) for lang in languages}
    return texts | {
        f"contracts.{lang}.md": catalogue_markdown(contracts, lang) for lang in languages
    }
