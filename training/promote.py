"""Promotion: the champion alias moves only when every gate passes; each gate has an id and both texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from training.errors import TrainingError
from training.tracking import Tracking


@dataclass(frozen=True)
class Candidate:
    """A registered version that is put forward, with the evidence that the gates look at.

    Attributes
    ----------
    name, version
        The registered model.
    kind : str
        "glassbox", "scorecard", "lightgbm" or "ranking".
    developer, reviewer : str
        Who fitted it and who answers for its use.
    chosen_on : str
        Which data it was chosen on: "validation" or "test".
    certificate_holds : bool
        The certificate recomputed from the tables (monotone in every declared direction, bounded, no
        prohibited input). A ranking scores nobody and has none.
    """

    name: str
    version: int
    kind: str
    developer: str
    reviewer: str
    chosen_on: str
    certificate_holds: bool


@dataclass(frozen=True)
class Gate:
    """One condition of promotion."""

    id: str
    text_zh: str
    text_en: str
    passes: Callable[[Candidate], bool]


GATES: tuple[Gate, ...] = (
    Gate(
        "G-01",
        "评分模型的证书成立(方向单调、有界、无禁用变量)",
        "A scoring model's certificate holds (monotone, bounded, no prohibited input)",
        lambda c: c.kind == "ranking" or c.certificate_holds,
    ),
    Gate(
        "G-02",
        "依据验证集选出,未看测试集",
        "Chosen on validation data, not on the test set",
        lambda c: c.chosen_on == "validation",
    ),
    Gate(
        "G-03",
        "复核人不是开发人",
        "The reviewer is not the developer",
        lambda c: bool(c.reviewer.strip()) and c.reviewer.strip() != c.developer.strip(),
    ),
)


def promote(tracking: Tracking, candidate: Candidate, *, why: str) -> None:
    """Move the champion alias to the candidate when every gate passes.

    Raises
    ------
    TrainingError
        Naming every failing gate; the alias stays where it was.

    Notes
    -----
    Separate development and review follow the internet-lending measures (REG-53 of the project's requirements).
    """
    failing = [gate for gate in GATES if not gate.passes(candidate)]
    if failing:
        raise TrainingError(
            f"{candidate.name} version {candidate.version} was not promoted: "
            + "; ".join(f"{g.id} {g.text_en}" for g in failing)
            + ".",
            "mend what the gates name and put the version forward again",
        )
    tracking.set_champion(
        candidate.name,
        candidate.version,
        {
            "developer": candidate.developer,
            "reviewer": candidate.reviewer,
            "chosen_on": candidate.chosen_on,
            "promoted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "promoted_because": why,
            "gates": ",".join(g.id for g in GATES),
        },
    )
