"""What a way to spoil a record is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Row: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True)
class Spoil:
    """A way to spoil a record.

    Parameters
    ----------
    kind
        Its name in the ledger.
    column
        The item that is made wrong.
    rules
        What it is made for; it may break more.
    change
        Gives the columns to write; None where the record does not suit.
    extra
        Whether the changed record stands beside the clean one, not in its place.
    both
        Whether the clean one is then as doubtful as the other, and stands in the ledger too.
    """

    kind: str
    column: str
    rules: tuple[str, ...]
    change: Callable[[Row], Row | None]
    extra: bool = False
    both: bool = False

    @property
    def published(self) -> bool:
        """Whether a published rule is broken, and not one of the contract's own declaration."""
        return self.rules[0][:2].isupper()
