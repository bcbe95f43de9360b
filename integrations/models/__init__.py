"""Which integrations an operator offers, what the SMB gave, and every sync."""

from __future__ import annotations

from integrations.models.credentials import Credential, CredentialCheck
from integrations.models.settings import IntegrationSetting
from integrations.models.syncs import PullOperation, StreamCursor, Sync

__all__ = ["Credential", "CredentialCheck", "IntegrationSetting", "PullOperation", "StreamCursor", "Sync"]
