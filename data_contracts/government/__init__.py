"""Contracts of government bureaux, in the order of the information catalogue (C01-1 to C17-2)."""

from __future__ import annotations

from data_contracts.contract import Contract
from data_contracts.government.customs import CustomsTrade
from data_contracts.government.environment import EnvironmentRating
from data_contracts.government.farm import FarmEntity, FarmInsurance, FarmLand, FarmSubsidy
from data_contracts.government.intellectual_property import Patent, Trademark
from data_contracts.government.invoice import Invoice, InvoiceMonth
from data_contracts.government.judicial import CourtCase, DishonestDebtor, Enforcement
from data_contracts.government.licence import Inspection, Licence
from data_contracts.government.listing import AbnormalOperation, SeriousViolation
from data_contracts.government.penalty import CompulsoryMeasure, Penalty
from data_contracts.government.person import Person
from data_contracts.government.procurement import ProcurementContract
from data_contracts.government.public_credit import CreditRepair, PublicCreditRating
from data_contracts.government.real_estate import RealEstate, RealEstateEncumbrance
from data_contracts.government.registration import AnnualReport, Registration, RegistrationChange
from data_contracts.government.relations import EquityPledge, KeyPerson, MovablePledge, Shareholder
from data_contracts.government.social_security import (
    HousingFund,
    SocialSecurity,
    SocialSecurityArrears,
    WageArrears,
)
from data_contracts.government.tax import ExportRefund, TaxGrade, TaxPayment
from data_contracts.government.tax_notice import TaxArrears, TaxViolation
from data_contracts.government.technology import PolicySupport, ResearchSpending, TechnologyList
from data_contracts.government.utility import ElectricityBill, GasBill, WaterBill

CONTRACTS: tuple[type[Contract], ...] = (
    Registration,
    Shareholder,
    KeyPerson,
    RegistrationChange,
    AnnualReport,
    AbnormalOperation,
    SeriousViolation,
    EquityPledge,
    MovablePledge,
    Licence,
    Inspection,
    Penalty,
    CompulsoryMeasure,
    DishonestDebtor,
    Enforcement,
    CourtCase,
    TaxGrade,
    TaxPayment,
    Invoice,
    InvoiceMonth,
    TaxArrears,
    TaxViolation,
    ExportRefund,
    SocialSecurity,
    SocialSecurityArrears,
    WageArrears,
    HousingFund,
    EnvironmentRating,
    CustomsTrade,
    WaterBill,
    GasBill,
    ElectricityBill,
    RealEstate,
    RealEstateEncumbrance,
    Patent,
    Trademark,
    TechnologyList,
    ResearchSpending,
    FarmEntity,
    FarmLand,
    FarmSubsidy,
    FarmInsurance,
    ProcurementContract,
    PolicySupport,
    PublicCreditRating,
    CreditRepair,
    Person,
)
