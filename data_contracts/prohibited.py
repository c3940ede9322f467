"""What may never be collected (REG-02: 征信业管理条例, article 14, first paragraph).

Religion, genes, fingerprints, blood type, disease and medical history: no contract may declare such an
item, whatever it is called. Words are compared, not letters, so that ``general_ledger`` is not a gene.
"""

from __future__ import annotations

import re
import unicodedata

PROHIBITED: dict[str, tuple[str, ...]] = {
    "religion 宗教信仰": (
        "religion", "religious", "faith", "belief", "creed", "denomination", "zongjiao", "xinyang",
        "宗教", "信仰", "教派", "宗派",
    ),
    "genes 基因": (
        "gene", "genes", "genetic", "genetics", "genome", "genomic", "genotype", "dna", "rna", "jiyin",
        "基因", "遗传", "遺傳", "染色体", "染色體",
    ),
    "fingerprints 指纹": (
        "fingerprint", "finger print", "palmprint", "palm print", "dactylogram", "zhiwen",
        "指纹", "指紋", "掌纹", "掌紋",
    ),
    "blood type 血型": (
        "blood type", "blood group", "blood grouping", "rhesus", "abo type", "abo group", "xuexing", "血型",
    ),
    "disease and medical history 疾病和病史": (
        "disease", "illness", "sickness", "diagnosis", "diagnoses", "diagnosed", "medical", "anamnesis",
        "health history", "health record", "health status", "health condition", "patient", "icd10",
        "icd 10", "hiv", "aids", "cancer", "hepatitis", "diabetes", "prescription", "medication",
        "jibing", "bingshi", "bingli", "疾病", "病史", "病历", "病歷", "病例", "患病", "病情", "病症", "症状",
        "症狀", "诊断", "診斷", "就诊", "就診", "就医", "就醫", "医疗", "醫療", "用药", "用藥", "既往史", "传染病",
        "傳染病", "慢性病", "健康状况", "健康狀況", "体检", "體檢",
    ),
}  # fmt: skip


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text).lower()
    words = re.findall(r"[a-z]+|[0-9]+", text)
    return [word[:-1] if len(word) > 4 and word.endswith("s") else word for word in words]


_WANTED = tuple(
    (title, entry, _words(entry)) for title, entries in PROHIBITED.items() for entry in entries
)


def prohibited_class(*texts: str) -> str | None:
    """Name the prohibited class that a name or title belongs to, or None.

    Parameters
    ----------
    *texts
        Names, titles and descriptions in any notation (snake_case, camelCase, Chinese, pinyin).

    Examples
    --------
    >>> prohibited_class("bloodGroup")
    'blood type 血型'
    >>> prohibited_class("既往 病史")
    'disease and medical history 疾病和病史'
    >>> prohibited_class("general_ledger_no") is None
    True
    """
    for text in texts:
        words = _words(text)
        han = "".join(re.findall(r"[\u3400-\u9fff]+", unicodedata.normalize("NFKC", text)))
        joined = set(words)
        for title, entry, wanted in _WANTED:
            if not wanted:
                found = entry in han
            else:
                found = "".join(wanted) in joined or any(
                    words[start : start + len(wanted)] == wanted for start in range(len(words))
                )
            if found:
                return title
    return None
