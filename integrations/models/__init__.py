"""What operators set, what the SMB gave, how data types are fetched, every sync and every request to a vendor."""

from __future__ import annotations

from integrations.models.connection_tests import ConnectionTest
from integrations.models.credentials import Credential, CredentialCheck
from integrations.models.custom_data import CustomDataType
from integrations.models.proofs import ListedIds, StreamProof, Verdict
from integrations.models.requests import VendorRequest
from integrations.models.schedules import DataTypeSchedule
from integrations.models.settings import (
    CompanySyncSetting,
    DefaultSyncSetting,
    IntegrationSetting,
    SyncSettingValues,
)
from integrations.models.syncs import PullOperation, StreamCursor, Sync

__all__ = [
    "CompanySyncSetting",
    "ConnectionTest",
    "Credential",
    "CredentialCheck",
    "CustomDataType",
    "DataTypeSchedule",
    "DefaultSyncSetting",
    "IntegrationSetting",
    "ListedIds",
    "PullOperation",
    "StreamCursor",
    "StreamProof",
    "Sync",
    "SyncSettingValues",
    "VendorRequest",
    "Verdict",
]
