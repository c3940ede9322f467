"""The published contracts: the ODCS files that come with the house."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.errors import ContractsError

if TYPE_CHECKING:
    from data_contracts.contract import Contract

FOLDER = Path(__file__).parent.parent / "published"
SUFFIX = ".odcs.yaml"
REFRESH = "xinqiao contracts export --format odcs --published"


def published_files(folder: Path = FOLDER) -> dict[str, Path]:
    """Files of the published contracts by name of the contract."""
    return {path.name.removesuffix(SUFFIX): path for path in sorted(folder.glob("*" + SUFFIX))}


def read_published(path: Path) -> dict[str, Any]:
    """Read one published contract.

    Raises
    ------
    ContractsError
        When the file is no YAML or no data contract.
    """
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContractsError("a published contract cannot be read.", file=path) from error
    if not isinstance(found, dict) or found.get("kind") != "DataContract":
        raise ContractsError(
            "a published contract is no ODCS document.", file=path, expected="kind: DataContract"
        )
    return found


def publish(contracts: Iterable[type[Contract]], folder: Path = FOLDER) -> list[Path]:
    """Write the published contracts; refuse a change that its version does not own up to.

    Parameters
    ----------
    contracts
        Contracts to publish. What is published of others stays.
    folder
        Where the files are.

    Returns
    -------
    list of Path
        Files whose text has changed.

    Raises
    ------
    ContractsError
        When a contract needs a higher version; nothing is written then.
    """
    from data_contracts.export.compatibility import missing_version
    from data_contracts.export.odcs import odcs_text

    known = published_files(folder)
    texts: dict[Path, str] = {}
    for contract in contracts:
        name = contract.about.name
        if name in known:
            missing = missing_version(read_published(known[name]), contract)
            if missing:
                raise ContractsError(missing + ".", hint="raise the version in About")
        texts[folder / (name + SUFFIX)] = odcs_text(contract)
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
