"""A report's four renderings, and how they are kept."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data_contracts.documents import Document, Lang, render_html, render_pdf
from serving.moments import digest

LANGUAGES: tuple[Lang, Lang] = ("zh", "en")


@dataclass(frozen=True)
class Rendered:
    """HTML and PDF in both languages; the digest covers what both are made of.

    Attributes
    ----------
    html, pdf : dict
        Language -> bytes.
    document_digest : str
        SHA-256 over both HTML pages, which hold every word of the document.
    """

    html: dict[str, bytes]
    pdf: dict[str, bytes]
    document_digest: str

    def content(self, form: str, language: str) -> bytes:
        """One rendering."""
        return (self.html if form == "html" else self.pdf)[language]

    def files(self) -> Iterator[tuple[tuple[str, str], bytes]]:
        """All renderings by (form, language)."""
        for form in ("html", "pdf"):
            for language in LANGUAGES:
                yield (form, language), self.content(form, language)

    def keep(self, folder: Path) -> None:
        """Write the files, each whole or not at all."""
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)  # reports name subjects
        for (form, language), content in self.files():
            part = folder / f".{language}.{form}.{secrets.token_hex(4)}"
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / f"{language}.{form}")


def render(document: Document) -> Rendered:
    """Render a document in both forms and languages."""
    html: dict[str, bytes] = {lang: render_html(document, lang).encode() for lang in LANGUAGES}
    pdf: dict[str, bytes] = {lang: render_pdf(document, lang) for lang in LANGUAGES}
    return Rendered(html, pdf, digest(html["zh"] + b"\0" + html["en"]))
