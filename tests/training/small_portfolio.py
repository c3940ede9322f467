"""A small real portfolio in a workspace, and a configuration that trains on it in seconds."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from data_contracts.intake.load import load_portfolio
from data_contracts.portfolios import portfolio
from data_contracts.workspace import Workspace

CONFIG = """
portfolio: sba
view: enterprise
registered_name: enterprise-default
title_zh: 企业违约模型(测试)
title_en: Enterprise default model (tests)
window: {start: 1999-01-01}
label:
  source: outcome
  bad_status: CHARGED_OFF
  months: 24
  title_zh: 批准后 24 个月内核销
  title_en: charged off within 24 months of approval
exclusions:
  - id: very-large
    title_zh: 超大额贷款
    title_en: very large loans
    when: [{feature: loan_amount, at_least: 1000000}]
segments:
  enterprise: []
  new-business: [{feature: new_business, equals: [1]}]
split: {kind: rolling-origin, test_years: [2006, 2007], training_years: 5}
sampling: {goods_share: 0.5}
features: {exclude: [franchise]}
models:
  glassbox: {folds: 2, repeats: 1, most_rounds: 60, learning_rate: 0.2, pairs: 0}
  scorecard: {max_bins: 5}
bootstrap: 50
seed: 7
gates: {slope_low: 0.3, slope_high: 3.0, psi_most: 2.0}
"""


def config_file(folder: Path, *changes: tuple[str, str]) -> Path:
    """The configuration with some text replaced, in a file."""
    text = CONFIG
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def intake(root: Path) -> Workspace:
    """Every eighth loan of the shipped sample, taken in."""
    table = pq.read_table(portfolio("sba").shipped)
    root.mkdir(parents=True, exist_ok=True)
    source = root / "loans.parquet"
    pq.write_table(table.take(list(range(0, table.num_rows, 8))), source)
    workspace = Workspace(root / "workspace").create()
    load_portfolio("sba", workspace, source)
    return workspace
