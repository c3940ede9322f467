"""US small-business loans guaranteed by the Small Business Administration, approved FY1990-2008.

One row of the source is one loan; it yields four records. What the source does not say is settled here:

* There is no date of application. An application precedes its decision, so it is dated to the day before
  the approval: the latest day that this allows (an assumption of ours).
* A paid loan has no pay-off date. That it was paid is known from the extract alone, so the record bears
  the extract's day.
* Outside FY1990-2008 the source keeps mostly bad loans (before) or only resolved ones (after): such rows
  are quarantined, they would teach a wrong default rate.
* Term, disbursement, balance and charged-off amounts are written after the decision, some of them revised
  to the loan's actual life. They are not read at all.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from data_contracts.finance.credit_account import LoanAccount
from data_contracts.finance.loan_application import LoanApplication
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.government.registration import Registration
from data_contracts.intake.mapping.columns import RecordMapping, RowRule, SourceColumn
from data_contracts.portfolios.portfolio import Portfolio

FIRST_APPROVAL, LAST_APPROVAL = date(1989, 10, 1), date(2008, 9, 30)
"""US fiscal years 1990 to 2008: a fiscal year begins on 1 October of the year before."""

EXTRACT_DAY = date(2014, 12, 31)
"""After the last charge-off in the source (2014-08-29)."""

SUBJECT = "'SBA-' || LoanNr_ChkDgt"
LENDER = r"nullif(trim(regexp_replace(regexp_replace(upper(Bank), '[.,]', '', 'g'), '\s+', ' ', 'g')), '')"
AMOUNT = "CAST(round(GrAppv * 100) AS BIGINT)"
GUARANTEED = "CAST(round(SBA_Appv * 100) AS BIGINT)"

# LowDoc and RevLineCr hold Y and N; 0 stands for N in older rows; other letters mean nothing known.
PROGRAMME = """CASE
  WHEN LowDoc = 'Y' THEN 'lowdoc'
  WHEN RevLineCr = 'Y' THEN 'revolving'
  WHEN LowDoc IN ('N', '0') AND RevLineCr IN ('N', '0') THEN 'standard'
  ELSE 'unknown' END"""

# Leading zeros were lost on the way; zero alone is no area.
POSTAL_CODE = """CASE
  WHEN regexp_matches(Zip, '^0+$') THEN NULL
  WHEN regexp_matches(Zip, '^[0-9]{1,5}$') THEN lpad(Zip, 5, '0')
  ELSE Zip END"""

SBA = Portfolio(
    name="sba",
    title_zh="美国小企业管理局担保贷款",
    title_en="US SBA small-business loans",
    subject_kind="enterprise",
    shipped=Path(__file__).with_name("sba_sample.parquet"),
    source_zh="美国小企业管理局贷款数据，1990–2008 财年批准；内置文件为抽样",
    source_en="US Small Business Administration loan data, approved FY1990-2008; the shipped file is a sample",
    licence="US government work, public domain",
    currency="USD",
    key=("LoanNr_ChkDgt",),
    columns=(
        SourceColumn("LoanNr_ChkDgt", "text", "贷款编号", "Loan number"),
        SourceColumn("State", "text", "借款人所在州", "Borrower's state"),
        SourceColumn("Zip", "text", "借款人邮编", "Borrower's zip code"),
        SourceColumn("Bank", "text", "贷款机构", "Lender"),
        SourceColumn("BankState", "text", "贷款机构所在州", "Lender's state"),
        SourceColumn("NAICS", "text", "行业代码", "Industry code"),
        SourceColumn("ApprovalDate", "date", "批准日期", "Approval date"),
        SourceColumn("NoEmp", "integer", "员工人数", "Number of employees"),
        SourceColumn("NewExist", "integer", "新设或既有", "New (2) or existing (1)"),
        SourceColumn("CreateJob", "integer", "新增岗位", "Jobs created"),
        SourceColumn("RetainedJob", "integer", "保留岗位", "Jobs retained"),
        SourceColumn("FranchiseCode", "text", "加盟代码", "Franchise code"),
        SourceColumn("UrbanRural", "integer", "城镇或乡村", "Urban (1) or rural (2)"),
        SourceColumn("RevLineCr", "text", "循环额度", "Revolving line of credit"),
        SourceColumn("LowDoc", "text", "简化资料项目", "Low documentation programme"),
        SourceColumn("ChgOffDate", "date", "核销日期", "Charge-off date"),
        SourceColumn("MIS_Status", "text", "贷款状态", "Loan status"),
        SourceColumn("GrAppv", "money", "批准金额", "Approved amount"),
        SourceColumn("SBA_Appv", "money", "担保金额", "Guaranteed amount"),
    ),
    records=(
        RecordMapping(
            Registration,
            {
                "subject_id": SUBJECT,
                "industry_scheme": "'NAICS'",
                "industry_code": "CASE WHEN NOT regexp_matches(NAICS, '^0+$') THEN NAICS END",
                "region": "'US-' || State",
                "postal_code": POSTAL_CODE,
                "employees": "NoEmp",
                "new_business": "CASE NewExist WHEN 2 THEN TRUE WHEN 1 THEN FALSE END",
                # 0 and 1 both say: no franchise.
                "franchise": "NOT regexp_matches(FranchiseCode, '^0*[01]$')",
                "urban": "CASE UrbanRural WHEN 1 THEN 'urban' WHEN 2 THEN 'rural' WHEN 0 THEN NULL "
                "ELSE UrbanRural::VARCHAR END",
                "registered_on": "ApprovalDate - 1",
            },
            known="ApprovalDate - 1",
        ),
        RecordMapping(
            LoanApplication,
            {
                "application_no": "LoanNr_ChkDgt",
                "subject_id": SUBJECT,
                "institution": LENDER,
                "institution_region": "'US-' || BankState",
                "programme": PROGRAMME,
                "amount_cents": AMOUNT,
                "guaranteed_cents": GUARANTEED,
                "jobs_created": "CreateJob",
                "jobs_retained": "RetainedJob",
                "applied_on": "ApprovalDate - 1",
            },
            known="ApprovalDate - 1",
        ),
        RecordMapping(
            LoanAccount,
            {
                "account_no": "LoanNr_ChkDgt",
                "application_no": "LoanNr_ChkDgt",
                "subject_id": SUBJECT,
                "institution": LENDER,
                "amount_cents": AMOUNT,
                "guaranteed_cents": GUARANTEED,
                "opened_on": "ApprovalDate",
            },
            known="ApprovalDate",
        ),
        RecordMapping(
            LoanOutcome,
            {
                "account_no": "LoanNr_ChkDgt",
                "subject_id": SUBJECT,
                "institution": LENDER,
                "status": "CASE MIS_Status WHEN 'CHGOFF' THEN 'CHARGED_OFF' "
                "WHEN 'P I F' THEN 'PAID_IN_FULL' ELSE MIS_Status END",
                "outcome_on": "CASE WHEN MIS_Status = 'CHGOFF' THEN ChgOffDate "
                f"ELSE DATE '{EXTRACT_DAY}' END",
            },
            known=f"CASE WHEN MIS_Status = 'CHGOFF' THEN ChgOffDate ELSE DATE '{EXTRACT_DAY}' END",
            blame={"outcome_on": "ChgOffDate"},
        ),
    ),
    rules=(
        RowRule(
            "sba.approval.window",
            "ApprovalDate",
            f"ApprovalDate BETWEEN DATE '{FIRST_APPROVAL}' AND DATE '{LAST_APPROVAL}'",
            "批准日期须在 1990–2008 财年内（此外的年份只保留了部分贷款）",
            "Approval must lie in FY1990-2008 (of other years the source keeps only some loans)",
        ),
        RowRule(
            "sba.paid.charge_off",
            "ChgOffDate",
            "NOT (MIS_Status = 'P I F' AND ChgOffDate IS NOT NULL)",
            "已结清贷款不得有核销日期",
            "A loan paid in full must have no charge-off date",
        ),
        RowRule(
            "sba.charge_off.order",
            "ChgOffDate",
            "ChgOffDate >= ApprovalDate",
            "核销日期不得早于批准日期",
            "A charge-off must not precede the approval",
        ),
        RowRule(
            "sba.charge_off.extract",
            "ChgOffDate",
            f"ChgOffDate <= DATE '{EXTRACT_DAY}'",
            "核销日期不得晚于数据提取日",
            "A charge-off must not be later than the extract",
        ),
        # The contract leaves both open; the source gives them in every row, so a blank is a fault of the file.
        RowRule(
            "sba.employees.required",
            "NoEmp",
            "NoEmp IS NOT NULL",
            "员工人数不得为空",
            "The number of employees must not be missing",
        ),
        RowRule(
            "sba.franchise.required",
            "FranchiseCode",
            "FranchiseCode IS NOT NULL",
            "加盟代码不得为空",
            "The franchise code must not be missing",
        ),
        RowRule(
            "sba.new_exist.codes",
            "NewExist",
            "NewExist IN (0, 1, 2)",
            "新设或既有应为 0、1 或 2",
            "New or existing must be 0, 1 or 2",
        ),
    ),
)
