"""Products are what a lender served before the version's date, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from models.matching.loans import Loans, day_number
from models.matching.products import derive_products, product_id_of

Make = Callable[..., Loans]
DAY = day_number(date(2006, 2, 1))


def test_hand_made_product(make_loans: Make) -> None:
    loans = make_loans(
        {"amount_cents": 1_000_00},
        {
            "amount_cents": 9_000_00,
            "region": "US-NV",
            "industry_code": None,
            "institution_region": "US-NV",
        },
        {"amount_cents": 5_000_00, "programme": "revolving"},
        {
            "amount_cents": 99_999_00,
            "opened_on": date(2006, 2, 1),
        },  # on the day itself: not before it
        {"amount_cents": 1_00, "opened_on": date(2000, 1, 1)},  # before the window
        {"institution": "BETA BANK"},
    )
    table = derive_products(loans, DAY, window_days=1000)
    product = table.product(loans.vocabularies["lender"].code("ALPHA BANK"))
    assert product.institution == "ALPHA BANK"
    assert product.product_id == product_id_of("ALPHA BANK")
    assert product.version_date == date(2006, 2, 1)
    assert product.loans == 3
    assert (product.amount_low_cents, product.amount_high_cents) == (1_000_00, 9_000_00)
    assert product.regions == {"US-CA": 2, "US-NV": 1}
    assert product.industries == {"72": 2}
    assert product.programmes == {"revolving": 1, "standard": 2}
    assert product.lender_region == "US-CA"
    assert (
        product.label_zh == "根据该机构在 2006-02-01 之前实际发放的贷款归纳，不是该机构的报价或承诺"
    )
    assert "not an offer" in product.label_en


def test_typical_amounts_are_nearest_loans(make_loans: Make) -> None:
    loans = make_loans(*({"amount_cents": cents * 100} for cents in range(1, 12)))
    product = derive_products(loans, DAY).product(1)
    assert (product.typical_low_cents, product.typical_high_cents) == (200, 1000)


def test_lenders_without_a_visible_loan_are_no_products(make_loans: Make) -> None:
    loans = make_loans({}, {"institution": "BETA BANK", "opened_on": date(2006, 3, 1)})
    table = derive_products(loans, DAY)
    assert [loans.lenders[c - 1] for c in table.codes] == ["ALPHA BANK"]
    assert [len(lenders) for lenders in table.by_region] == [1, 1, 0]


def test_table_for_people(town: Loans) -> None:
    table = derive_products(town, int(town.seen.max())).to_arrow().to_pylist()
    assert [row["product_id"] for row in table] == sorted(row["product_id"] for row in table)
    assert {row["institution"] for row in table} == set(town.lenders)
    assert all(dict(row["regions"]) for row in table)
