"""The ranking as a folder of data: trees as text, loans and products as Parquet, a manifest with digests."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import ModelsError
from models.matching.loans import VOCABULARIES, Loans, day_number
from models.matching.pairs import PAIR_FEATURES
from models.matching.ranker import Ranker
from models.matching.ranking import FORMAT, Ranking

MANIFEST = "manifest.json"
TREES, LOANS, NAMES, PRODUCTS = (
    "trees.txt",
    "loans.parquet",
    "vocabularies.json",
    "products.parquet",
)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", compression_level=9)
    return buffer.getvalue()


def save(ranking: Ranking, folder: Path) -> None:
    """Write a ranking; the same ranking gives the same bytes.

    The loans carry no borrower's id or name, and `products.parquet` is what they amount to on the version's date: one
    row per product, for people to read.

    Parameters
    ----------
    ranking : Ranking
    folder : Path
        Made if absent; files of the same names are replaced.
    """
    loans = ranking.loans
    parts = {
        TREES: ranking.ranker.text.encode(),
        LOANS: _parquet(loans.to_arrow()),
        NAMES: _json({name: list(loans.vocabularies[name].values) for name in VOCABULARIES}),
        PRODUCTS: _parquet(ranking.table_at(ranking.version_day).to_arrow()),
    }
    manifest = {
        "kind": "enterprise-lender-ranking",
        "format": FORMAT,
        "version_date": ranking.version_date.isoformat(),
        "window_days": ranking.window_days,
        "limit": ranking.limit,
        "inputs": [f.name for f in PAIR_FEATURES],
        "loans": len(loans),
        "products": len(ranking.table_at(ranking.version_day).codes),
        "facts": ranking.facts,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()},
    }
    manifest["seal"] = hashlib.sha256(_json(manifest)).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    # The manifest comes last: a folder that was cut short has none.
    (folder / MANIFEST).write_bytes(_json(manifest))


def load(folder: Path) -> Ranking:
    """Read a ranking and check it against its manifest.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Ranking

    Raises
    ------
    ModelsError
        The folder has no readable manifest, another format, a missing file or one whose digest differs.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        seal = manifest.pop("seal")
        digests, version = manifest["sha256"], manifest["version_date"]
        window_days, limit, facts = manifest["window_days"], manifest["limit"], manifest["facts"]
        found_format = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelsError(
            f"{folder} holds no readable {MANIFEST} of a ranking; train it again."
        ) from error
    if seal != hashlib.sha256(_json(manifest)).hexdigest():
        raise ModelsError(
            f"The {MANIFEST} in {folder} is not the one that was saved; train the ranking again."
        )
    if found_format != FORMAT:
        raise ModelsError(
            f"The ranking in {folder} has the format {found_format}; this program reads {FORMAT}."
        )
    parts = {
        name: _checked(folder / name, digests.get(name)) for name in (TREES, LOANS, NAMES, PRODUCTS)
    }
    loans = Loans.from_arrow(pq.read_table(io.BytesIO(parts[LOANS])), json.loads(parts[NAMES]))
    return Ranking(
        loans,
        Ranker(parts[TREES].decode()),
        day_number(date.fromisoformat(version)),
        window_days=window_days,
        limit=limit,
        facts=facts,
    )


def _checked(path: Path, digest: str | None) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelsError(
            f"The ranking's file {path.name} can not be read; train it again."
        ) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelsError(
            f"The ranking's file {path.name} is not the one that was saved (its digest differs); train it again."
        )
    return content
