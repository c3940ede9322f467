"""Records of one enterprise under an old code, on every engine: alike, and from the day of the link."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from features.engines.engine import Engine
from features.expressions import Records
from features.point_in_time import build
from features.view import Feature, FeatureView
from tests.features.engines import engine, spark  # noqa: F401
from tests.features.identity.test_aliases import table
from tests.features.lakes import lake_of
from tests.features.tables import TEXTS

penalties = Records("penalty")
taxes = Records("tax_payment")

RECORDS = {
    "penalty": """
        subject_id | penalty_no | decided_on | known      | kind    | fine_cents
        USCC-1     | 1          | 2020-01-10 | 2020-01-10 | fine    | 100
        ORG-1      | 2          | 2020-02-10 | 2020-02-10 | fine    | 700
        ORG-1      | 3          | 2020-02-20 | 2020-02-20 | warning | 50
        USCC-1     | 3          | 2020-02-20 | 2020-06-01 | warning | 60
    """,
    "credit_repair": """
        subject_id | repaired_contract | repaired_no | result   | repaired_on
        USCC-1     | penalty           | 2           | repaired | 2020-05-01
    """,
    "tax_payment": """
        subject_id | tax_kind | period_ends_on | tax_paid_cents
        REG-1      | vat      | 2020-01-31     | 900
    """,
    "consent": """
        subject_id | consent_no | granted_on | kind    | adverse_notice | item_classes
        USCC-92A   | 1          | 2020-04-15 | written | yes            | tax_amount
    """,
}
LINKS = """
    ORG-1 | USCC-1   | 2020-03-01 |
    REG-1 | USCC-92A | 2020-03-01 |
"""
VALUES = {
    "number": penalties.count(),
    "kinds": penalties["kind"].distinct(),
    "fines": penalties["fine_cents"].sum(),
    "newest": penalties["fine_cents"].latest(),
    "tax": taxes["tax_paid_cents"].sum(),
}
ASKED = """
    USCC-1   | 2020-02-29 | 1 | 1 | 100 | 100 |
    USCC-1   | 2020-03-01 | 3 | 2 | 850 | 50  |
    USCC-1   | 2020-05-01 | 2 | 2 | 150 | 50  |
    USCC-1   | 2020-06-01 | 2 | 2 | 160 | 60  |
    ORG-1    | 2020-06-01 | 2 | 2 | 160 | 60  |
    USCC-92A | 2020-04-14 |   |   |     |     |
    USCC-92A | 2020-04-15 |   |   |     |     | 900
    USCC-9   | 2020-04-15 |   |   |     |     |
"""


def test_what_was_sent_under_an_old_code_counts(tmp_path: Path, engine: Engine) -> None:  # noqa: F811
    features = tuple(
        Feature(name=name, theme="spec", value=value, unit="times", direction=0, **TEXTS)
        for name, value in VALUES.items()
    )
    view = FeatureView("spec", "enterprise", features)
    rows = [[cell.strip() for cell in line.split("|")] for line in ASKED.strip().splitlines()]
    spine = pd.DataFrame({"subject_id": [r[0] for r in rows], "as_of": [r[1] for r in rows]})
    lake = lake_of(tmp_path, RECORDS)
    found = build(view, lake, spine, engine=engine, aliases=table(LINKS))
    shown = [
        ["" if pd.isna(value) else str(int(value)) for value in row]
        for row in found[list(VALUES)].itertuples(index=False)
    ]
    assert shown == [row[2:] for row in rows]
