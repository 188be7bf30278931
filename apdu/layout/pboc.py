"""The directories of the bank's application, for whoever follows a card from SELECT to SELECT."""

from __future__ import annotations

from apdu.layout.spec import DirectorySpec
from apdu.pboc import DEBIT_AID, PPSE_NAME, PSE_NAME

PSE = DirectorySpec("PSE", PSE_NAME, None, "支付系统环境", ())
PPSE = DirectorySpec("PPSE", PPSE_NAME, None, "近距离支付系统环境", ())
DEBIT = DirectorySpec("PBOC", DEBIT_AID, None, "借记应用", ())
BANK_DIRECTORIES = (PSE, PPSE, DEBIT)
