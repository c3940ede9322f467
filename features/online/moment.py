"""The lake as it was at one of its commits: what could be known when a vector was computed.

A day is not enough. A record that reaches us in the afternoon is known from that day on, so that a vector of
the same day that was served in the morning could not hold it; and a first delivery may bring records that
say they were known years ago. The lake is append-only, so that its commits up to a number are the lake as
it was.
"""

from __future__ import annotations

from collections.abc import Iterable

from data_contracts.intake.lake import Lake
from data_contracts.intake.manifest import Commit


class LakeAt(Lake):
    """A lake as it was when a commit was its newest, for reading alone.

    Parameters
    ----------
    lake : Lake
    sequence : int
        Number of that commit; 0 is the empty lake.
    """

    def __init__(self, lake: Lake, sequence: int) -> None:
        super().__init__(lake.root)
        self._lake = lake
        self._upto = sequence
        self._commits: list[Commit] | None = None
        self._found: dict[str, list[str]] | None = None

    def commits(self) -> list[Commit]:
        """Commits up to the moment, oldest first; they are looked up once."""
        if self._commits is None:
            self._commits = [c for c in self._lake.commits() if c.sequence <= self._upto]
        return self._commits

    def files(self, contract: str) -> list[str]:
        """Committed Parquet files of a contract up to the moment."""
        if self._found is None:
            self._found, root = {}, str(self.root)
            for commit in self.commits():
                for name, path in commit.files.items():
                    self._found.setdefault(name, []).append(f"{root}/{path}")
        return self._found.get(contract, [])


def newest_change(lake: Lake, contracts: Iterable[str], sequence: int) -> int:
    """Number of the last commit up to `sequence` that brought records of these contracts; 0 if none.

    Between it and `sequence` nothing changed for whoever reads these contracts alone.
    """
    wanted = set(contracts)
    found = (c.sequence for c in lake.commits() if c.sequence <= sequence and wanted & set(c.files))
    return max(found, default=0)
