"""Payloads to try a receiver out with: the shapes are real, the company is not."""

from __future__ import annotations

from typing import Any

from companies.webhooks.event_types import EventType

_COMPANY_ID = "0d4f2f1e-5c1b-4f0e-9a44-6f1a0c9d3b21"
_CONNECTION_ID = "7b1c9b36-27a5-4a6e-8f0d-2f6de0a4c8e5"
_TAGS = {"region": "uk"}
_HOST = "https://tributary.example"
_LINK_URL = f"{_HOST}/link/example"
_PORTAL_URL = f"{_HOST}/admin/companies/company/{_COMPANY_ID}/change/"

_COMPANY = {
    "id": _COMPANY_ID,
    "name": "Example Bakery",
    "description": "Not a real company",
    "redirect": _LINK_URL,
    "lastSync": "2026-01-02T03:04:05Z",
    "created": "2026-01-01T00:00:00Z",
    "createdByUserName": "alice@example.org",
    "products": [],
    "tags": _TAGS,
}
_REFERENCE_COMPANY = {
    "id": _COMPANY_ID,
    "name": "Example Bakery",
    "description": "Not a real company",
    "links": {"portal": _PORTAL_URL},
    "tags": _TAGS,
}
_CONNECTION = {
    "id": _CONNECTION_ID,
    "integrationId": "5f7c0f0c-3e2d-4b52-8f6b-1e9d0a7c4b11",
    "integrationKey": "rkgp",
    "sourceId": "1d2c3b4a-5968-4776-8594-a3b2c1d0e9f8",
    "sourceType": "Commerce",
    "platformName": "Chargify",
    "linkUrl": _LINK_URL,
    "lastSync": "2026-01-02T03:04:05Z",
    "created": "2026-01-01T00:00:00Z",
    "dataConnectionErrors": [],
    "connectionInfo": {"site": "example"},
    "isTest": True,
    "completeness": "complete",
}
_ERROR = {
    "statusCode": "403",
    "statusText": "Failed",
    "errorMessage": "The vendor refused the API key.",
    "erroredOnUtc": "2026-01-02T03:04:05Z",
    "status": "Active",
    "resolvedOnUtc": None,
}
_DATA_TYPE = {
    "connectionId": _CONNECTION_ID,
    "dataType": "commerce-customers",
    "recordsModified": True,
    "status": "Complete",
    "issues": [],
}
_STATUSES = {
    EventType.CONNECTION_CREATED: "PendingAuth",
    EventType.CONNECTION_FAILED: "PendingAuth",
    EventType.CONNECTION_DISCONNECTED: "Unlinked",
}


def example_payload(event_type: EventType) -> dict[str, Any]:
    """Return a payload as an event of a type has it."""
    match event_type.partition(".")[0]:
        case "company":
            return _COMPANY
        case "connection":
            return {"referenceCompany": _REFERENCE_COMPANY, "connection": _connection(event_type)}
        case "read":
            return {
                "referenceCompany": _REFERENCE_COMPANY,
                "modifiedFromDate": "2026-01-02T03:04:05Z",
                "dataTypes": [_DATA_TYPE],
                "billingDataTypes": [_DATA_TYPE | {"dataType": "billing-subscriptions"}],
            }
    is_reset = event_type == EventType.RATE_LIMIT_RESET
    return {
        "dailyQuota": 2000,
        "quotaRemaining": 2000 if is_reset else 0,
        "expiryDate": "2026-01-03T00:00:00Z",
    }


def _connection(event_type: EventType) -> dict[str, Any]:
    errors = [_ERROR] if event_type == EventType.CONNECTION_FAILED else []
    return _CONNECTION | {"status": _STATUSES.get(event_type, "Linked"), "dataConnectionErrors": errors}
