"""What is recorded of a natural person; protected attributes serve fairness checks alone."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.government.registration import EARLIEST, LATEST
from data_contracts.subject_id import SUBJECT_ID


class Person(Contract):
    """Sex, education, marital status and age: protected, never an input of a model."""

    about: ClassVar[About] = About(
        name="person",
        version="1.0",
        title_zh="自然人基本信息",
        title_en="Person",
        supplier_zh="金融机构",
        supplier_en="Financial institution",
        subject_kinds=("individual",),
        key=("subject_id",),
        event="observed_on",
        negative=False,
        retention_years=None,
        frequency_zh="变更时",
        frequency_en="on change",
        sensitivity="consent",
    )

    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern=SUBJECT_ID,
        form=("前缀-编号", "PREFIX-number"),
        sensitivity="consent",
        personal=True,
    )
    sex: str | None = item(
        "性别",
        "Sex",
        codes={"male": ("男", "Male"), "female": ("女", "Female")},
        sensitivity="protected",
        personal=True,
    )
    education: str | None = item(
        "学历",
        "Education",
        codes={
            "graduate_school": ("研究生", "Graduate school"),
            "university": ("大学", "University"),
            "high_school": ("高中", "High school"),
            "other": ("其他", "Other"),
        },
        sensitivity="protected",
        personal=True,
    )
    marital_status: str | None = item(
        "婚姻状况",
        "Marital status",
        codes={
            "married": ("已婚", "Married"),
            "single": ("未婚", "Single"),
            "other": ("其他", "Other"),
        },
        sensitivity="protected",
        personal=True,
    )
    age: int | None = item(
        "年龄", "Age", unit="years", ge=18, le=120, sensitivity="protected", personal=True
    )
    observed_on: date = item("记录日期", "Observed on", ge=EARLIEST, le=LATEST)
