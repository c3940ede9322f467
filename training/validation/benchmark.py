"""The model beside every challenger on the same rows, with paired tests."""

from __future__ import annotations

from dataclasses import asdict

from data_contracts.documents import Block, Paragraph, Table, Text
from models.inference import delong
from models.metrics import evaluate
from training.validation.evidence import Evidence, Section
from training.validation.pictures import intervals


def benchmark(evidence: Evidence) -> Section:
    """AUC of each challenger and the paired difference (DeLong); calibration beside it."""
    title = Text("与其他模型比较", "Benchmark against the challengers")
    if not evidence.challengers:
        return Section(
            "benchmark",
            title,
            {},
            (
                Paragraph(
                    Text("没有给出其他模型。", "No challenger was given."),
                ),
            ),
        )
    bad = evidence.sample.bad
    rows = []
    for kind, probability in evidence.challengers.items():
        paired = delong(bad, evidence.probability, probability)
        other = evaluate(bad, probability, seed=evidence.settings.seed, resamples=50)
        rows.append(
            {"kind": kind, **asdict(paired), "brier": other.brier, "slope": other.calibration_slope}
        )
    blocks: tuple[Block, ...] = (
        Table(
            (Text("模型", "Model"), "AUC", Text("本模型之差 [95%]", "This model's lead [95 %]"), "p", "Brier",
             Text("校准斜率", "Slope")),
            tuple(
                (r["kind"], f"{r['second']:.4f}", f"{r['difference']:+.4f} [{r['low']:+.4f}, {r['high']:+.4f}]",
                 f"{r['p']:.4f}", f"{r['brier']:.5f}", f"{r['slope']:.3f}")
                for r in rows
            ),
            caption=Text("配对检验（DeLong）", "Paired tests (DeLong)"),
            align=("left", *("right",) * 5),
        ),
        intervals(
            [(r["kind"], float(r["difference"]), float(r["low"]), float(r["high"])) for r in rows],
            "AUC：本模型减其他模型 This model less the other",
            0.0,
            "{:+.4f}",
        ),
    )  # fmt: skip
    findings = tuple(
        Text(
            f"{r['kind']} 的 AUC 显著更高（差 {-r['difference']:.4f}，p = {r['p']:.4f}）。",
            f"{r['kind']} has a significantly higher AUC (by {-r['difference']:.4f}, p = {r['p']:.4f}).",
        )
        for r in rows
        if r["high"] < 0
    )
    return Section("benchmark", title, {"challengers": rows}, blocks, findings)
