"""Files of a city: one Parquet file per contract, labelled as simulated in name, metadata and README."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LABEL = {
    b"simulated": b"true",
    b"notice_zh": "模拟数据：全部主体、人员、机构和记录均为虚构".encode(),
    b"notice_en": b"Simulated data: every subject, person, institution and record is invented",
}
PREFIX = "simulated_"

README = """# 模拟城市 Simulated city

本目录的全部数据均为**模拟数据**：企业、个体工商户、农户、个人、金融机构、产品和记录都是虚构的，
与任何真实主体相同纯属偶然，不得当作真实信息使用。

Everything in this folder is **simulated**: enterprises, sole traders, farmers, persons, lenders, products
and records are invented. Any likeness to a real one is chance. Do not use it as information about anyone.

- 主体 subjects: {subjects}; 月份 months: {start} + {months}; 种子 seed: {seed}
- `simulated_<contract>.parquet`: one file per contract, its items and `_known` (day it became known)
- `corrections/simulated_<contract>.parquet`: later versions of records that were wrong at first
- `truth/simulated_applications.parquet`: p_true, p_observable, p_approve, p_accept, time of default
- `truth/simulated_relations.parquet`, `truth/simulated_identities.parquet`, `truth/simulated_lenders.parquet`
- `truth/simulated_ledger.parquet`: what was made late, corrected or dirty, and which rules must catch it

## 真值 Truth

p_true 是申请时潜在状态下十二个月内违约的真实概率；p_observable 是给定申请前各月全部活动信号时的条件概率，
是任何仅用本城记录的模型的上限；两者的公式和系数见 data_contracts/city/{{health,credit,lenders}}.py。

p_true is the probability of default within twelve months given the latent state at the application;
p_observable is the same given all activity before the month of the application, which bounds whatever uses
the city's records alone. The Bayes-optimal AUC of a probability p is computed from p itself over the loans:
the chance that a loan that defaults has a higher p than one that does not, defaults drawn from p.
"""


def label(schema: pa.Schema) -> pa.Schema:
    """Mark a schema as that of simulated records."""
    return schema.with_metadata({**(schema.metadata or {}), **LABEL})


def write(path: Path, tables: Iterator[pa.Table], schema: pa.Schema) -> int:
    """Write tables one after another into one labelled Parquet file; the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    marked = label(schema)
    with pq.ParquetWriter(path, marked, compression="zstd", compression_level=1) as writer:
        for table in tables:
            rows += table.num_rows
            writer.write_table(table.replace_schema_metadata(marked.metadata))
    return rows


def file_of(folder: Path, name: str) -> Path:
    """File of a contract or of a table of truth."""
    return folder / f"{PREFIX}{name}.parquet"
