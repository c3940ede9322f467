"""Build a city: every contract of the catalogue, the truth, the README."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from data_contracts.catalogue import all_contracts
from data_contracts.city import truth
from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.dirty import Dirt, Ledger, Wishes, loose
from data_contracts.city.generic import Piece, complete
from data_contracts.city.themes import BUILDERS
from data_contracts.city.themes.shape import Builder, events
from data_contracts.city.write import README, file_of, write
from data_contracts.contract import Contract
from data_contracts.errors import ContractsError

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Built:
    """What was written: the folder, rows by contract, entries of the ledger."""

    folder: Path
    rows: dict[str, int]
    ledger: int


def build_city(
    settings: Settings,
    folder: Path,
    wishes: Wishes | None = None,
    progress: Progress | None = None,
    only: tuple[str, ...] = (),
) -> Built:
    """Write a city.

    Parameters
    ----------
    settings
        Its size, seed and months.
    folder
        Where to; must be empty or absent.
    wishes
        Shares of dirty, late and corrected records; none if absent.
    progress
        Called with (step, done, total).
    only
        Names of contracts; all if empty.

    Returns
    -------
    Built
        Equal for equal arguments, and so are the files.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise ContractsError(
            "the folder is not empty.", file=folder, hint="choose another with --out"
        )
    tell = progress or (lambda step, done, total: None)
    tell("city: subjects, health, credit", 0, 1)
    city = City.found(settings)
    tell("city: subjects, health, credit", 1, 1)
    contracts = {name: found for name, found in all_contracts().items() if not only or name in only}
    ledger = Ledger()
    rows: dict[str, int] = {}
    for done, (name, contract) in enumerate(contracts.items()):
        tell(f"write {name}", done, len(contracts))
        dirt = Dirt(contract, settings, wishes or Wishes(), ledger)
        schema = loose(contract.arrow_schema().append(pa.field("_known", pa.date32())))
        rows[name] = write(file_of(folder, name), dirt.spoil(records(city, contract)), schema)
        dirt.conclude(file_of(folder, name))
        corrections = dirt.corrections()
        if corrections is not None:
            write(file_of(folder / "corrections", name), iter([corrections]), schema)
    tell("write truth", len(contracts), len(contracts))
    tables = {
        "applications": truth.applications(city),
        "relations": truth.relations(city),
        "identities": truth.identities(city),
        "lenders": truth.lenders(city),
        "ledger": ledger.table(),
    }
    for name, table in tables.items():
        write(file_of(folder / "truth", name), iter([table]), table.schema)
    readme = README.format(
        subjects=settings.subjects, months=settings.months, seed=settings.seed, start=settings.start
    )
    (folder / "README.md").write_text(readme, encoding="utf-8")
    return Built(folder, rows, len(ledger))


def records(city: City, contract: type[Contract]) -> Iterator[pa.Table]:
    """Clean records of a contract, piece by piece."""
    about = contract.about
    rng = city.random("records", about.name)
    serial = 0
    for piece in _builder(contract)(city):
        names = set(contract.model_fields) | {"_i", "_known", "_lender", "_whole"}
        kept: Piece = {name: value for name, value in piece.items() if name in names}
        table = complete(contract, kept, city, rng, serial)
        serial += table.num_rows
        yield table


def _builder(contract: type[Contract]) -> Builder:
    """The theme of a contract, or events of its own kinds filled from its declaration."""
    about = contract.about
    found = BUILDERS.get(about.name)
    if found is not None:
        return found
    rate = 0.02 if about.negative else 0.05
    kinds = tuple(kind for kind in about.subject_kinds if kind != "institution")
    slope = 0.5 if about.negative else 0.0
    return events(about.name, kinds, rate, slope, lambda city, rows, days, rng: {about.event: days})
