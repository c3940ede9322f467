"""The validation report: every section in order, one document for print and screen, in Chinese and English."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.documents import (
    Block,
    Bullets,
    Document,
    Heading,
    Lang,
    Note,
    Text,
    render_html,
    render_pdf,
)
from training.validation.benchmark import benchmark
from training.validation.calibration import calibration
from training.validation.cutoff import cutoff
from training.validation.discrimination import discrimination
from training.validation.evidence import Evidence, Section
from training.validation.fairness import fairness
from training.validation.limits import limits
from training.validation.population import population
from training.validation.reasons import reasons
from training.validation.shapes import shapes
from training.validation.stability import stability
from training.validation.stress import stress

Progress = Callable[[str, int, int], None]

SECTIONS: tuple[Callable[[Evidence], Section], ...] = (
    population,
    discrimination,
    calibration,
    stability,
    stress,
    benchmark,
    shapes,
    reasons,
    fairness,
    cutoff,
)
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


def judge(evidence: Evidence, progress: Progress | None = None) -> tuple[Section, ...]:
    """Make every section; the limits of use come last, since they tell what was not tested."""
    made: list[Section] = []
    for done, make in enumerate(SECTIONS):
        if progress:
            progress(f"检验 validation: {make.__name__}", done, len(SECTIONS))
        made.append(make(evidence))
    if progress:
        progress("检验 validation", len(SECTIONS), len(SECTIONS))
    return (*made, limits(evidence, tuple(made)))


def document(evidence: Evidence, sections: tuple[Section, ...], on: date) -> Document:
    """Set the report."""
    findings = [finding for section in sections for finding in section.findings]
    blocks: list[Block] = []
    if evidence.simulated:
        blocks.append(Note(Text("模拟数据", "Simulated data"), "warn"))
    blocks.append(
        Note(
            Text(
                f"{len(findings)} 项需要复核人判断。" if findings else "没有需要特别指出的问题。",
                f"{len(findings)} findings need the reviewer's judgement."
                if findings
                else "Nothing stands out.",
            ),
            "warn" if findings else "good",
            Text("结论", "Result"),
        )
    )
    if findings:
        blocks.append(Bullets(tuple(findings), numbered=True))
    for section in sections:
        blocks.append(Heading(section.title))
        blocks += section.blocks
    return Document(
        Text("模型验证报告", "Model validation report"),
        subtitle=evidence.name,
        meta=(
            (Text("模型", "Model"), evidence.name),
            (Text("样本行数", "Rows"), len(evidence.sample.bad)),
            (Text("坏客户", "Bads"), int(evidence.sample.bad.sum())),
            *((key, value) for key, value in evidence.about.items()),
        ),
        blocks=tuple(blocks),
        created=on,
        reference=evidence.name,
        footer=Text("内部使用；不含个人信息", "For internal use; no personal information"),
    )


def write_report(
    evidence: Evidence, out: Path, on: date, progress: Progress | None = None
) -> dict[str, Any]:
    """Write ``validation.json`` and the report as HTML and PDF in both languages.

    Returns
    -------
    dict
        The figures by section, with the findings; what ``validation.json`` holds.
    """
    sections = judge(evidence, progress)
    made = document(evidence, sections, on)
    out.mkdir(parents=True, exist_ok=True)
    for lang in LANGUAGES:
        (out / f"validation.{lang}.html").write_text(render_html(made, lang), encoding="utf-8")
        (out / f"validation.{lang}.pdf").write_bytes(render_pdf(made, lang))
    figures = {
        "model": evidence.name,
        "on": on.isoformat(),
        "simulated": evidence.simulated,
        "about": dict(evidence.about),
        "settings": evidence.settings.model_dump(),
        "sections": {section.id: section.figures for section in sections},
        "findings": [
            {"section": section.id, "zh": text.zh, "en": text.en}
            for section in sections
            for text in section.findings
        ],
    }
    text = json.dumps(plain(figures), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    (out / "validation.json").write_text(text + "\n", encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def plain(value: Any) -> Any:
    """The value with numpy's numbers as Python's and what is not finite as null."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return [plain(part) for part in value.tolist()]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
