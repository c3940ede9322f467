"""The 27-character name of a message: who sent it, for which month, and which one it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from data_contracts.errors import ContractsError

CLASSES: dict[str, tuple[str, str]] = {
    "1": ("正常", "Normal"),
    "2": ("重报", "Re-report"),
    "3": ("更正", "Correction"),
    "4": ("删除", "Deletion"),
    "5": ("账户标识变更", "Change of account keys"),
}
"""Message classes, in the name (character 24) and in the header (byte 36). The numbers but 1 are ours."""

NAME_LENGTH = 27
SUFFIXES = ("", ".txt")

_NAME = re.compile(r"[A-HZ][0-9]{13}[0-9]{6}[0-9A-Z]{3}[0-9A-Z][0-9A-Z]{3}")


@dataclass(frozen=True)
class MessageName:
    """The parts of a message's name.

    Parameters
    ----------
    institution_code
        Characters 1-14: the institution that sends it.
    month
        Characters 15-20: reporting month as YYYYMM.
    serial
        Characters 21-23, 0-9 and A-Z.
    message_class
        Character 24: see :data:`CLASSES`.
    supplement
        Characters 25-27: serial of a supplement to the same message; 000 for the message itself.
    """

    institution_code: str
    month: str
    serial: str = "001"
    message_class: str = "1"
    supplement: str = "000"

    def __post_init__(self) -> None:
        """Refuse parts that make no name."""
        problem = _problem(str(self))
        if problem:
            raise ContractsError(f"this is no name of a message: {problem}.", expected=_FORM)

    def __str__(self) -> str:
        """The 27 characters."""
        return (
            f"{self.institution_code}{self.month}{self.serial}{self.message_class}{self.supplement}"
        )

    @property
    def supplier(self) -> str:
        """Supplier of the batch identity: the institution's code."""
        return self.institution_code

    @property
    def period(self) -> str:
        """Period of the batch identity: the month as YYYY-MM."""
        return f"{self.month[:4]}-{self.month[4:]}"

    @property
    def batch_serial(self) -> str:
        """Serial of the batch identity: the same for a message and its re-report, whose class differs."""
        return f"{self.serial}-{self.supplement}"

    @classmethod
    def parse(cls, path: Path | str) -> MessageName:
        """Read the name of a file.

        Raises
        ------
        ContractsError
            For a name that is not made as the format says.

        Examples
        --------
        >>> MessageName.parse("C10102110000122024010011000.txt").period
        '2024-01'
        """
        path = Path(path)
        if path.suffix.lower() not in SUFFIXES:
            raise ContractsError(
                "a message has no such suffix.", expected="no suffix, or .txt", file=path.name
            )
        text = path.stem
        problem = _problem(text)
        if problem:
            raise ContractsError(
                f"this is no name of a message: {problem}.", expected=_FORM, file=path.name
            )
        return cls(text[:14], text[14:20], text[20:23], text[23], text[24:])


_FORM = (
    "27 characters: institution code (14), YYYYMM (6), serial (3), class 1 to 5 (1), "
    "supplementary serial (3), in digits and capital letters"
)


def is_message_name(path: Path | str) -> bool:
    """Whether a file is named as a message is."""
    path = Path(path)
    return path.suffix.lower() in SUFFIXES and not _problem(path.stem)


def _problem(text: str) -> str:
    if len(text) != NAME_LENGTH:
        return f"it has {len(text)} characters"
    if not _NAME.fullmatch(text):
        return "a character stands where the format has none such"
    if not institution_ok(text[:14]):
        return "characters 1 to 14 are no institution code"
    if not (text[14:18] >= "1900" and "01" <= text[18:20] <= "12"):
        return "characters 15 to 20 are no month"
    if text[23] not in CLASSES:
        return "character 24 is no message class"
    return ""


def institution_ok(code: str) -> bool:
    """Whether a text is built as an institution's code is."""
    from data_contracts.identifiers import check

    return bool(check("institution_code", code).ok)
