"""Example subjects of the look-up page: from the public demonstration portfolios only.

No other subject's id is ever listed. Which three are shown is decided by a hash, so it does not change.
"""

from __future__ import annotations

from dataclasses import dataclass

from serving.bodies import Kind, Purpose, Subject
from serving.errors import UnknownSubject
from serving.services import Services

_CANDIDATES = 60
_PORTFOLIOS: tuple[tuple[Kind, str, str, str, str, Purpose], ...] = (
    (
        "enterprise",
        "registration",
        "SBA-",
        "小企业贷款（美国 SBA）",
        "Small-business loans (US SBA)",
        "LOAN_APPROVAL",
    ),
    (
        "individual",
        "card_account",
        "CARD-",
        "信用卡客户（UCI）",
        "Credit card clients (UCI)",
        "CARD_APPROVAL",
    ),
)
_PLACES = (
    ("example_low", "poor", 0.08),
    ("example_middle", "fair", 0.5),
    ("example_high", "best", 0.92),
)


@dataclass(frozen=True)
class Example:
    """A subject to click on: with the key of its label and the tone of its tag."""

    kind: Kind
    subject_id: str
    label: str
    tone: str
    title_zh: str
    title_en: str
    purpose: Purpose

    @property
    def subject(self) -> Subject:
        """The subject, as requests name it."""
        return Subject(kind=self.kind, id=self.subject_id)


def choose_examples(services: Services) -> tuple[Example, ...]:
    """Pick up to three subjects of each demonstration portfolio: low, middle and high.

    Raises
    ------
    NotReady
        When a model is not loaded yet.
    """
    wanted = services.settings.portal_examples
    chosen: list[Example] = []
    for kind, contract, prefix, title_zh, title_en, purpose in _PORTFOLIOS:
        if services.settings.views[kind] != kind:
            continue  # these portfolios are not served
        loaded = services.champions.default_model(kind)
        scored = []
        for subject_id in services.subjects.some(contract, prefix, _CANDIDATES):
            try:
                vector = services.subjects.stored(Subject(kind=kind, id=subject_id))
            except UnknownSubject:
                continue
            scored.append((loaded.model.explain(vector.values).score, subject_id))
        scored.sort()
        for label, tone, share in _PLACES[:wanted] if scored else ():
            _, subject_id = scored[round(share * (len(scored) - 1))]
            if all(subject_id != example.subject_id for example in chosen):
                chosen.append(Example(kind, subject_id, label, tone, title_zh, title_en, purpose))
    return tuple(chosen)
