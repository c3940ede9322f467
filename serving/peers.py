"""How earlier loans of the same lender, industry and region had gone by a day, from visible records.

Counts only: a report about one subject names no other subject's records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data_contracts.intake.lake import Lake
from serving.records import Dossier, engine
from serving.texts import Both

YEARS = 5  # how far back is counted; ours


@dataclass(frozen=True)
class YearCount:
    """Loans approved in a year, and how many of them were charged off by the day."""

    year: int
    loans: int
    charged_off: int


@dataclass(frozen=True)
class PeerGroup:
    """Loans of a group approved within the window before the day."""

    group: Both
    name: str
    loans: int
    charged_off: int
    by_year: tuple[YearCount, ...]

    @property
    def rate(self) -> float:
        """Share charged off by the day, of all approved in the window."""
        return self.charged_off / self.loans if self.loans else 0.0


_VISIBLE = """
SELECT * FROM (
  SELECT * FROM $RELATION WHERE _known <= $as_of
  QUALIFY row_number() OVER (PARTITION BY $KEY ORDER BY _known DESC, _version DESC) = 1
) WHERE _event < $as_of AND NOT _withdrawn
"""

_QUERY = """
WITH account AS ({account}), outcome AS ({outcome}), entry AS ({entry}),
loan AS (
  SELECT account.institution AS lender, entry.region AS region,
         substr(entry.industry_code, 1, 2) AS industry, year(account.opened_on) AS year,
         coalesce(outcome.status = 'CHARGED_OFF', false) AS bad
  FROM account
  LEFT JOIN outcome USING (account_no)
  LEFT JOIN entry ON entry.subject_id = account.subject_id
  WHERE account.opened_on >= $since
)
SELECT year, count(*), count(*) FILTER (bad),
       count(*) FILTER (lender = $lender), count(*) FILTER (lender = $lender AND bad),
       count(*) FILTER (industry = $industry), count(*) FILTER (industry = $industry AND bad),
       count(*) FILTER (region = $region), count(*) FILTER (region = $region AND bad)
FROM loan GROUP BY year ORDER BY year
"""

_GROUPS = (
    Both("全部贷款", "All loans"),
    Both("同一机构", "Same lender"),
    Both("同一行业", "Same industry"),
    Both("同一地区", "Same region"),
)


def read_peers(lake: Lake, dossier: Dossier) -> tuple[PeerGroup, ...]:
    """Count the loans of all, and of the subject's lender, industry and region.

    Parameters
    ----------
    lake : Lake
        The record lake.
    dossier : Dossier
        An enterprise's visible records; its day bounds what is counted.

    Returns
    -------
    tuple of PeerGroup
        Empty when the subject has no application or there is nothing to count.
    """
    asked, entry = dossier.latest("loan_application"), dossier.latest("registration")
    names = ("loan_account", "loan_outcome", "registration")
    relations = {name: lake.relation(name) for name in names}
    if asked is None or not all(relations.values()):
        return ()
    industry = (entry.values["industry_code"] or "")[:2] if entry else ""
    groups = (
        "",
        asked.values["institution"] or "",
        industry,
        (entry.values["region"] or "") if entry else "",
    )
    keys = {
        "loan_account": "account_no",
        "loan_outcome": "account_no",
        "registration": "subject_id",
    }
    parts = {
        part: _VISIBLE.replace("$RELATION", str(relations[contract])).replace(
            "$KEY", keys[contract]
        )
        for part, contract in (
            ("account", "loan_account"),
            ("outcome", "loan_outcome"),
            ("entry", "registration"),
        )
    }
    parameters = {
        "as_of": dossier.as_of,
        "since": date(dossier.as_of.year - YEARS, 1, 1),
        "lender": groups[1],
        "industry": groups[2],
        "region": groups[3],
    }
    with engine().cursor() as connection:
        rows = connection.execute(_QUERY.format(**parts), parameters).fetchall()
    found = []
    for place, (group, name) in enumerate(zip(_GROUPS, groups, strict=True)):
        years = tuple(
            YearCount(int(row[0]), int(row[1 + 2 * place]), int(row[2 + 2 * place])) for row in rows
        )
        loans, bad = sum(y.loans for y in years), sum(y.charged_off for y in years)
        if loans and (name or place == 0):
            found.append(PeerGroup(group, name, loans, bad, years))
    return tuple(found)
