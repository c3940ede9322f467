"""Which portfolios and mappings fill a contract."""

from __future__ import annotations

import re
from pathlib import Path

MAPPINGS = Path(__file__).parent.parent / "mappings"
_CONTRACT = re.compile(r"^contract:[ \t]*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)


def mappings_of(name: str, folder: Path = MAPPINGS) -> tuple[str, ...]:
    """Shipped mapping files that make records of a contract.

    Parameters
    ----------
    name
        Name of the contract.
    folder
        Where the mappings are; may be missing.

    Returns
    -------
    tuple of str
        File names below the folder, sorted.
    """
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        match = _CONTRACT.search(path.read_text(encoding="utf-8"))
        if match and match.group(1) == name:
            found.append(path.relative_to(folder).as_posix())
    return tuple(found)


def portfolios_of(name: str) -> tuple[str, ...]:
    """Portfolios that make records of a contract."""
    from data_contracts.portfolios import PORTFOLIOS

    return tuple(found.name for found in PORTFOLIOS.values() if name in found.contracts)
