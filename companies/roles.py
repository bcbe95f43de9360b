"""What a member of an operator may do, by role (reference codat/facts.md §1.8)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    """A member's role."""

    ADMINISTRATOR = "administrator", "Administrator"
    DEVELOPER = "developer", "Developer"
    ANALYST = "analyst", "Analyst"
    ADVISOR = "advisor", "Advisor"
    ONBOARDING = "onboarding", "Onboarding"


class Right(StrEnum):
    """One thing that a role allows."""

    EDIT_COMPANIES = "edit_companies"
    DELETE_COMPANIES = "delete_companies"
    MANAGE_CONNECTIONS = "manage_connections"
    VIEW_DATA = "view_data"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_TEAM = "manage_team"


_EVERYBODY = {Right.EDIT_COMPANIES}
_DEVELOPER = _EVERYBODY | {
    Right.DELETE_COMPANIES,
    Right.MANAGE_CONNECTIONS,
    Right.VIEW_DATA,
    Right.CHANGE_SETTINGS,
}

RIGHTS: dict[str, set[Right]] = {
    Role.ONBOARDING: _EVERYBODY,
    Role.ADVISOR: _EVERYBODY | {Right.VIEW_DATA},
    Role.ANALYST: _EVERYBODY | {Right.VIEW_DATA, Right.DELETE_COMPANIES},
    Role.DEVELOPER: _DEVELOPER,
    Role.ADMINISTRATOR: _DEVELOPER | {Right.MANAGE_TEAM},
}
