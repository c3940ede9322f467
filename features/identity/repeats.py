"""Whether files that arrive tell anything new of codes and names: most only repeat what is known.

The identity table is a function of all evidence, and to read that takes seconds. A file whose every record
repeats facts that are known and open leaves the table as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake, committed_table
from features.identity import names
from features.identity.evidence import SCHEMES, Evidence, evidence_contracts

_TELLING = ("registration", "registration_change")
"""Contracts whose records give old numbers and former names: each of them is news."""


@dataclass(frozen=True)
class Facts:
    """What is known and has no end yet.

    Attributes
    ----------
    named, coded : dict of (subject, text) to date
        Names and codes, each since when it is known without a gap.
    addressed : set of (subject, text)
    seen : dict of str to date
        First day each subject was known.
    """

    named: dict[tuple[str, str], date]
    coded: dict[tuple[str, str], date]
    addressed: set[tuple[str, str]]
    seen: dict[str, date]

    @classmethod
    def of(cls, evidence: Evidence) -> Facts:
        """Facts of evidence that was read."""
        return cls(
            {
                (row["subject"], row["name"]): row["since"]
                for row in evidence.named.to_pylist()
                if row["until"] is None and not row["former"]
            },
            {
                (row["subject"], row["code"]): row["since"]
                for row in evidence.coded.to_pylist()
                if row["until"] is None and row["kind"] == "code"
            },
            {(row["subject"], row["address"]) for row in evidence.addressed.to_pylist()},
            {row["subject"]: row["since"] for row in evidence.seen.to_pylist()},
        )

    def hold(self, files: Iterable[tuple[str, str]]) -> bool:
        """Whether files (contract, path) tell nothing but these facts."""
        return all(self._repeats(contract, file) for contract, file in files)

    def _repeats(self, contract: str, file: str) -> bool:
        if contract in _TELLING:
            return False
        subject = contract_of(contract).about.subject
        told = ("subject_name", "subject_code", "address")
        rows = committed_table(file)
        columns = [
            n
            for n in (subject, *told, "_known", "_version", "_withdrawn")
            if n in rows.schema.names
        ]
        rows = rows.select(columns)
        for row in rows.to_pylist():
            who, known = row[subject], row["_known"]
            if who is None or who.split("-")[0] not in SCHEMES:
                continue
            if row["_version"] != 1 or row.get("_withdrawn"):
                return False
            name, code, address = ((row.get(part) or "").strip(" ") for part in told)
            if (
                self.seen.get(who, date.max) > known
                or (name and not self._known(self.named, who, name, known) and _links(name))
                or (code and not self._known(self.coded, who, code, known))
                or (address and (who, address) not in self.addressed)
            ):
                return False
        return True

    @staticmethod
    def _known(facts: dict[tuple[str, str], date], who: str, text: str, day: date) -> bool:
        return facts.get((who, text), date.max) <= day


def _links(name: str) -> bool:
    """Whether anybody is linked by a name: never by one that a person could have."""
    return not names.may_be_person(name)


def evidence_files(lake: Lake) -> frozenset[tuple[str, str]]:
    """Files of a lake that hold evidence, each with its contract."""
    return frozenset((c, file) for c in evidence_contracts() for file in lake.files(c))
