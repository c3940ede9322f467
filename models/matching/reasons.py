"""Reasons for a place in the list: the largest contributions of the ranker, told as facts of past loans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.matching.answers import Contribution, Reason
from models.matching.book import BANDS_PER_DOUBLING
from models.matching.loans import Loans
from models.matching.pairs import PAIR_FEATURES
from models.matching.requests import Request, Requests
from models.matching.wording import money, programme_title, sector_title

MOST = 3
"""Reasons per product (ours)."""


@dataclass(frozen=True)
class ReasonText:
    """Texts of a group's reason. The span, the count, the share and the words of the request are filled in."""

    code: str
    group: str
    text_zh: str
    text_en: str


REASONS: tuple[ReasonText, ...] = (
    ReasonText(
        "M-AREA",
        "area",
        "该机构{span_zh}在您所在邮区（{area} 开头）发放 {n} 笔贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} in your postal area ({area}), a share of {share}",
    ),
    ReasonText(
        "M-REGION",
        "region",
        "该机构{span_zh}在您所在地区（{region}）发放 {n} 笔贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} in your region ({region}), a share of {share}",
    ),
    ReasonText(
        "M-PROGRAMME",
        "programme",
        "该机构{span_zh}在您所在地区发放 {n} 笔{programme_zh}贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} under {programme_en} in your region, a share of {share}",
    ),
    ReasonText(
        "M-AMOUNT",
        "amount",
        "该机构{span_zh}在您所在地区发放 {n} 笔金额相近（{low} 至 {high}）的贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} of a similar amount ({low} to {high}) in your region, "
        "a share of {share}",
    ),
    ReasonText(
        "M-INDUSTRY",
        "industry",
        "该机构{span_zh}在您所在地区向{sector_zh}发放 {n} 笔贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} to {sector_en} in your region, a share of {share}",
    ),
    ReasonText(
        "M-NEW",
        "newness",
        "该机构{span_zh}在您所在地区向{new_zh}发放 {n} 笔贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} to {new_en} in your region, a share of {share}",
    ),
    ReasonText(
        "M-SIZE",
        "size",
        "该机构{span_zh}在您所在地区向规模相近（员工 {few} 至 {many} 人）的企业发放 {n} 笔贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} to firms of a similar size ({few} to {many} employees) in your region, "
        "a share of {share}",
    ),
    ReasonText(
        "M-FRANCHISE",
        "franchise",
        "该机构{span_zh}在您所在地区向加盟企业发放 {n} 笔贷款，份额 {share}",
        "in {span_en} the lender made {n_loans} to franchises in your region, a share of {share}",
    ),
    ReasonText(
        "M-ACTIVITY",
        "activity",
        "该机构{span_zh}共发放 {n} 笔此类贷款，占全部机构的 {share}",
        "in {span_en} the lender made {n_loans} in all, {share} of all lenders' loans",
    ),
)

_SPANS = ((365, "近 12 个月", "the last 12 months"), (5 * 365, "近 5 年", "the last 5 years"))


def group_contributions(row: np.ndarray) -> tuple[Contribution, ...]:
    """Sums of a row of `Ranker.contributions` (without its base) by group, largest size first."""
    sums: dict[str, float] = {}
    for feature, points in zip(PAIR_FEATURES, row, strict=True):
        sums[feature.group] = sums.get(feature.group, 0.0) + float(points)
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(Contribution(group, points) for group, points in ordered)


class Facts:
    """Counts of past loans like the one that is asked for, by lender, for one request.

    Parameters
    ----------
    loans : Loans
    request : Request
    asked : Requests
        The same request as codes; one row.
    """

    def __init__(self, loans: Loans, request: Request, asked: Requests) -> None:
        self._loans, self._asked, self._day = loans, asked, int(asked.day[0])
        self._words = _words(request)
        self._counts: dict[int, dict[str, np.ndarray]] = {}

    def _like(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Which loans are like the one asked for, per group; groups that the request does not tell are absent."""
        loans, asked = self._loans, self._asked
        like = {"activity": np.ones(len(rows), bool)}
        if asked.area[0]:
            like["area"] = loans.area[rows] == asked.area[0]
        if not asked.region[0]:
            return like  # the other texts speak of "your region"
        near = loans.region[rows] == asked.region[0]
        like["region"] = near
        if asked.programme[0]:
            like["programme"] = near & (loans.programme[rows] == asked.programme[0])
        if asked.amount[0] > 0:
            low, high = _band_edges(int(asked.amount[0]))
            like["amount"] = near & (loans.amount[rows] >= low) & (loans.amount[rows] < high)
        if asked.sector[0]:
            like["industry"] = near & (loans.sector[rows] == asked.sector[0])
        if asked.new[0] >= 0:
            like["newness"] = near & (loans.new[rows] == asked.new[0])
        if asked.employees[0] >= 0:
            few, many = _size_edges(int(asked.employees[0]))
            staff = loans.employees[rows]
            like["size"] = near & (staff >= few) & (staff <= many)
        if asked.franchise[0] == 1:
            like["franchise"] = near & (loans.franchise[rows] == 1)
        return like

    def counts(self, days: int) -> dict[str, np.ndarray]:
        """Loans of the last `days` by lender code, per group."""
        if days not in self._counts:
            rows = self._loans.visible(self._day, self._day - days)
            lender = self._loans.lender[rows]
            size = self._loans.vocabularies["lender"].size
            self._counts[days] = {
                group: np.bincount(lender[like], minlength=size)
                for group, like in self._like(rows).items()
            }
        return self._counts[days]

    def reasons(
        self, lender: int, contributions: tuple[Contribution, ...], most: int = MOST
    ) -> tuple[Reason, ...]:
        """The largest contributions above zero that a fact stands behind.

        Parameters
        ----------
        lender : int
            Code.
        contributions : tuple of Contribution
        most : int

        Returns
        -------
        tuple of Reason
            Largest points first.
        """
        points = {c.group: c.points for c in contributions}
        found = []
        for text in REASONS:
            if points.get(text.group, 0.0) <= 0:
                continue
            reason = self._told(text, lender, points[text.group])
            if reason is not None:
                found.append(reason)
        return tuple(sorted(found, key=lambda r: (-r.points, r.code))[:most])

    def _told(self, text: ReasonText, lender: int, points: float) -> Reason | None:
        for days, span_zh, span_en in _SPANS:
            counts = self.counts(days).get(text.group)
            if counts is None:
                return None
            if counts[lender] == 0:
                continue
            n, of = int(counts[lender]), int(counts.sum())
            share = f"{100 * n / of:.0f}%" if n * 100 >= of else "<1%"
            words = {
                **self._words,
                "n": n,
                "n_loans": f"{n} loan" + "s" * (n > 1),
                "share": share,
                "span_zh": span_zh,
                "span_en": span_en,
            }
            return Reason(
                code=text.code,
                points=points,
                values={"loans": n, "of": of, "days": days},
                text_zh=text.text_zh.format(**words),
                text_en=text.text_en.format(**words),
            )
        return None


def _band_edges(cents: int) -> tuple[float, float]:
    """The band of amounts that the ranker compares with: [low, high) in cents."""
    band = np.floor(np.log2(max(cents, 100) / 100.0) * BANDS_PER_DOUBLING)
    return 100.0 * 2 ** (band / BANDS_PER_DOUBLING), 100.0 * 2 ** ((band + 1) / BANDS_PER_DOUBLING)


def _size_edges(employees: int) -> tuple[int, int]:
    return employees // 2, max(2 * employees, 1)


def _words(request: Request) -> Mapping[str, object]:
    words: dict[str, object] = {"area": request.area, "region": request.region}
    if request.programme:
        words["programme_zh"], words["programme_en"] = programme_title(request.programme)
    if request.sector:
        words["sector_zh"], words["sector_en"] = sector_title(request.sector)
    if request.amount_cents:
        words["low"], words["high"] = (
            money(round(edge)) for edge in _band_edges(request.amount_cents)
        )
    if request.employees is not None:
        words["few"], words["many"] = _size_edges(request.employees)
    words["new_zh"] = "新设企业" if request.new_business else "既有企业"
    words["new_en"] = "new businesses" if request.new_business else "existing businesses"
    return words
