"""Receivers and placeholders are told from lenders, on names as the records hold them."""

from __future__ import annotations

import pytest

from models.matching.lenders import lender_kind


@pytest.mark.parametrize(
    "name",
    [
        "FDIC/JEFFERSON NATIONAL BANK",
        "FDIC-SKYLINE NATIONAL BANK",
        "FDIC - STRONG CITY",
        "FDIC OCO 3901",
        "FDIC/ REC FORS 1ST INTERS",
        "RTC/AS RECEIVER OF WINSOR FED",
        "RTC COUNTY BANK",
        "DALLAS FIN SER CEN/RTC",
        "RESOLUTION TRUST CORPORATION",
        "FSLIC/RECEIVER GUARANTY S&L",
        "FEDERAL DEPOSIT INSUR CORP",
        "FEDERAL DEPOSIT INSUR CORP (CA",
        "DEPOSIT INSUR NATL BK - KAYSVI",
        "fdic/western bank",
    ],
)
def test_receivers(name: str) -> None:
    assert lender_kind(name) == "receiver"


@pytest.mark.parametrize(
    "name",
    ["LOANS FROM OLD CLOSED LENDERS", "SBA - EDF ENFORCEMENT ACTION", "SBA DENVER FINANCE CENTER"],
)
def test_placeholders(name: str) -> None:
    assert lender_kind(name) == "placeholder"


@pytest.mark.parametrize(
    "name",
    [
        "WACHOVIA SBA LENDING, INC.",
        "AMRESCO SBA HOLDINGS INC",
        "BRIDGE BANK NATL ASSOC",
        "SILVERTON BRIDGE BANK NATL ASS",
        "WESBANCO BANK INC",
        "NORTH SALEM STATE BANK",
        "RECOLL MANAGEMENT CORPORATION",
        "FIRST FEDERAL SAVINGS BANK",
        "CERTUSBANK NATL ASSOC",
        "PORTCHESTER BANK",
    ],
)
def test_lenders_whose_names_come_close(name: str) -> None:
    assert lender_kind(name) == "lender"
