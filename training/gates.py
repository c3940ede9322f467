"""The gates of promotion: a table of conditions, each with an id, both texts, one passing and one failing example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from training.registry import State
from training.settings import GateLimits


@dataclass(frozen=True)
class Evidence:
    """What the gates look at: one version, as its run recorded it and as its tables prove it.

    Attributes
    ----------
    kind : str
        A kind of default model, or "ranking", which scores nobody.
    developer, reviewer : str
        Who fitted it and who answers for its use.
    chosen_on : str
        Data it was chosen on: "validation", "test" or "not chosen".
    faults : tuple of str
        What the certificate, computed again from the tables, does not hold; that a kind has no certificate.
    prohibited : tuple of str
        Inputs that may not be inputs.
    schema_now : bool
        Whether its inputs are declared today as they were when it was trained.
    slope, psi : float, optional
        Calibration slope on the test rows; PSI of the score, test against training rows.
    champion : int, optional
        The present champion's version; None when there is none.
    lead, lead_p : float, optional
        AUC less the champion's on the same out-of-time rows, and the one-sided p of no lead (DeLong).
    gain, gain_p : float, optional
        By how much its log loss is smaller than the champion's on the same rows, and the one-sided p of no gain
        (paired t test).
    pia_id : str
        Id of the impact assessment (REG-49).
    report : str
        The validation report that is attached to it (REG-35): its digest.
    """

    kind: str
    developer: str
    reviewer: str
    chosen_on: str
    faults: tuple[str, ...] = ()
    prohibited: tuple[str, ...] = ()
    schema_now: bool = True
    slope: float | None = None
    psi: float | None = None
    champion: int | None = None
    lead: float | None = None
    lead_p: float | None = None
    gain: float | None = None
    gain_p: float | None = None
    pia_id: str = ""
    report: str = ""


@dataclass(frozen=True)
class Gate:
    """One condition of promotion.

    Attributes
    ----------
    id, text_zh, text_en : str
    to : State
        The first state that it guards; it is asked again on the way to every later one.
    passes : callable(evidence, limits) -> bool
    found, needed : callable -> str
        What was found and what is needed, for the refusal.
    fails_with : mapping
        What of the passing example to change so that it fails.
    of_ranking : bool
        Whether it is asked of a ranking, too.
    """

    id: str
    text_zh: str
    text_en: str
    to: State
    passes: Callable[[Evidence, GateLimits], bool]
    found: Callable[[Evidence], str]
    needed: Callable[[GateLimits], str]
    fails_with: Mapping[str, Any]
    of_ranking: bool = False

    def examples(self) -> tuple[Evidence, Evidence]:
        """One passing and one failing example."""
        return PASSING, replace(PASSING, **self.fails_with)


@dataclass(frozen=True)
class Verdict:
    """What one gate said of a version."""

    gate: Gate
    passed: bool
    found: str
    needed: str
    waived: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For the history."""
        told = {
            "gate": self.gate.id,
            "passed": self.passed,
            "found": self.found,
            "needed": self.needed,
        }
        return told | ({"waived": self.waived} if self.waived else {})


PASSING = Evidence(
    kind="glassbox",
    developer="analyst",
    reviewer="reviewer",
    chosen_on="validation",
    slope=1.02,
    psi=0.03,
    champion=4,
    lead=0.012,
    lead_p=0.004,
    gain=0.002,
    gain_p=0.02,
    pia_id="PIA-2026-014",
    report="0" * 64,
)


def _number(value: float | None, form: str = ".3f") -> str:
    return "没有 none" if value is None else format(value, form)


def _better(e: Evidence, limits: GateLimits) -> bool:
    if e.champion is None:
        return True
    if e.lead is None or e.lead_p is None:
        return False
    if e.lead > 0 and e.lead_p <= limits.better_p:
        return True
    # It ranks no worse, and its probabilities are nearer to what happened: a champion whose level is wrong is beaten.
    no_worse = 1 - e.lead_p > limits.better_p
    closer = e.gain is not None and e.gain > 0
    return no_worse and closer and e.gain_p is not None and e.gain_p <= limits.better_p


def _lead(e: Evidence) -> str:
    if e.champion is None:
        return "没有在用模型 no champion yet"
    if e.lead is None:
        return f"没有与在用版本 {e.champion} 的比较 no comparison with champion {e.champion}: train again"
    return (
        f"AUC {e.lead:+.4f}, p = {_number(e.lead_p, '.4f')}; "
        f"log loss {_number(e.gain if e.gain is None else -e.gain, '+.4f')}, p = {_number(e.gain_p, '.4f')}"
    )


GATES: tuple[Gate, ...] = (
    Gate(
        "G-01",
        "证书成立(方向单调、有界)",
        "The certificate holds: monotone in every declared direction, bounded",
        State.TESTED,
        lambda e, _: not e.faults,
        lambda e: "; ".join(e.faults) or "成立 holds",
        lambda _: "没有缺陷 no fault",
        {"faults": ("debt_ratio is not monotone in its declared direction",)},
    ),
    Gate(
        "G-02",
        "依据验证集选出,未看测试集",
        "Chosen on validation data, not on the test set",
        State.TESTED,
        lambda e, _: e.chosen_on == "validation",
        lambda e: e.chosen_on,
        lambda _: "validation (`candidate` of the configuration, set before the run)",
        {"chosen_on": "test"},
        of_ranking=True,
    ),
    Gate(
        "G-03",
        "复核人不是开发人",
        "The reviewer is not the developer",
        State.REVIEWED,
        lambda e, _: (
            bool(e.reviewer.strip())
            and e.reviewer.strip().casefold() != e.developer.strip().casefold()
        ),
        lambda e: f"{e.reviewer.strip() or '没有 none'} / {e.developer}",
        lambda _: "两个不同的人 two different people",
        {"reviewer": " Analyst "},
        of_ranking=True,
    ),
    Gate(
        "G-04",
        "在跨时间样本上优于在用模型(同样本配对检验):AUC 更高,或 AUC 不低且对数损失更小",
        "Better than the champion out of time, by paired tests on the same rows: a higher AUC, or none lower and a "
        "smaller log loss",
        State.LIVE,
        _better,
        _lead,
        lambda limits: (
            f"AUC > 0, p <= {limits.better_p}; or AUC not below 0 (p > {limits.better_p}) and "
            f"log loss < 0, p <= {limits.better_p}"
        ),
        {"lead": 0.001, "lead_p": 0.31, "gain": 0.001, "gain_p": 0.2},
    ),
    Gate(
        "G-05",
        "校准斜率在界限内",
        "Calibrated: the slope on the test rows is within the limits",
        State.TESTED,
        lambda e, limits: e.slope is not None and limits.slope_low <= e.slope <= limits.slope_high,
        lambda e: _number(e.slope),
        lambda limits: f"{limits.slope_low} – {limits.slope_high}",
        {"slope": 0.74},
    ),
    Gate(
        "G-06",
        "分数分布稳定(PSI)",
        "Stable: the PSI of the score, test against training rows",
        State.TESTED,
        lambda e, limits: e.psi is not None and e.psi <= limits.psi_most,
        lambda e: _number(e.psi),
        lambda limits: f"<= {limits.psi_most}",
        {"psi": 0.41},
    ),
    Gate(
        "G-07",
        "没有禁用变量",
        "No prohibited input",
        State.TESTED,
        lambda e, _: not e.prohibited,
        lambda e: ", ".join(e.prohibited) or "没有 none",
        lambda _: "没有 none",
        {"prohibited": ("sex",)},
    ),
    Gate(
        "G-08",
        "有个人信息保护影响评估编号(REG-49)",
        "The id of an impact assessment is given (REG-49)",
        State.LIVE,
        lambda e, _: bool(e.pia_id.strip()),
        lambda e: e.pia_id.strip() or "没有 none",
        lambda _: "--pia-id ID",
        {"pia_id": " "},
    ),
    Gate(
        "G-09",
        "附有验证报告(REG-35)",
        "A validation report is attached (REG-35)",
        State.REVIEWED,
        lambda e, _: bool(e.report),
        lambda e: e.report[:12] or "没有 none",
        lambda _: "`validation/` of its run (xinqiao registry attach)",
        {"report": ""},
    ),
    Gate(
        "G-10",
        "输入的定义与训练时相同",
        "Its inputs are declared today as when it was trained",
        State.TESTED,
        lambda e, _: e.schema_now,
        lambda e: (
            "相同 the same" if e.schema_now else "已改变 they have changed since: train again"
        ),
        lambda _: "相同 the same",
        {"schema_now": False},
    ),
)

_ORDER = [State.DRAFT, State.TESTED, State.REVIEWED, State.LIVE]


def judge(
    evidence: Evidence,
    to: State,
    limits: GateLimits,
    waived: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """What every gate on the way to a state says; none is asked for SUSPENDED and RETIRED.

    Parameters
    ----------
    evidence : Evidence
    to : State
    limits : GateLimits
    waived : mapping, optional
        Gate id -> why it is not held against the version. For demonstrations on public or simulated records, where
        nobody is decided on; the command line has no such option.
    """
    if to not in _ORDER:
        return []
    asked = [
        gate
        for gate in GATES
        if _ORDER.index(gate.to) <= _ORDER.index(to)
        and (gate.of_ranking or evidence.kind != "ranking")
    ]
    return [
        Verdict(
            gate,
            gate.passes(evidence, limits),
            gate.found(evidence),
            gate.needed(limits),
            (waived or {}).get(gate.id, ""),
        )
        for gate in asked
    ]
