"""What can be done with files and books: merchants read their days, operators compare a bank's file with the ledger."""

from __future__ import annotations

from wallet_api.reconciliation.use_cases.comparing import Comparing
from wallet_api.reconciliation.use_cases.reports import FilePart, Reading, Reports

__all__ = ["Comparing", "FilePart", "Reading", "Reports"]
