"""The Portal's pages about companies, the team, API keys and the audit trail."""

from __future__ import annotations

from companies.admin.companies import CompanyAdmin
from companies.admin.settings import ApiKeyAdmin, AuditEventAdmin, MemberAdmin

__all__ = ["ApiKeyAdmin", "AuditEventAdmin", "CompanyAdmin", "MemberAdmin"]
