"""Contracts of lenders and of other private sources."""

from __future__ import annotations

from data_contracts.contract import Contract
from data_contracts.finance.borrower import Borrower
from data_contracts.finance.client_risk_notice import ClientRiskNotice
from data_contracts.finance.collateral import Collateral
from data_contracts.finance.credit_account import CardAccount, CardRepayment, LoanAccount
from data_contracts.finance.credit_decision import CreditDecision
from data_contracts.finance.credit_enquiry import CreditEnquiry
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.disbursement import Disbursement
from data_contracts.finance.financial_statement import FinancialStatement
from data_contracts.finance.guarantee import Guarantee
from data_contracts.finance.guarantor import Guarantor
from data_contracts.finance.identity_check import IdentityCheck
from data_contracts.finance.loan_application import LoanApplication
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.finance.loan_product import LoanProduct
from data_contracts.finance.multi_lending import MultiLending
from data_contracts.finance.platform_trade import PlatformTrade
from data_contracts.finance.telecom_bill import TelecomBill
from data_contracts.finance.voluntary_statement import VoluntaryStatement

CONTRACTS: tuple[type[Contract], ...] = (
    CreditMonth,
    Borrower,
    Guarantor,
    MultiLending,
    IdentityCheck,
    PlatformTrade,
    TelecomBill,
    VoluntaryStatement,
    ClientRiskNotice,
    LoanProduct,
    LoanApplication,
    CreditDecision,
    LoanAccount,
    Disbursement,
    LoanOutcome,
    CardAccount,
    CardRepayment,
    Guarantee,
    Collateral,
    CreditEnquiry,
    FinancialStatement,
)
"""The credit bureau's records, other sources, then the life of a loan from product to outcome."""
