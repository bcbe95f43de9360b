"""Operators (the tenants), their members, and the users who sign in."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from companies.roles import RIGHTS, Right, Role
from config.tenancy import TenantModel, current_operator_id


class OperatorManager(models.Manager["Operator"]):
    """Return only the operator whose context we are in."""

    def get_queryset(self) -> models.QuerySet[Operator]:
        return super().get_queryset().filter(pk=current_operator_id())


class Operator(models.Model):
    """A tenant: a lender, fintech or SaaS vendor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    redirect_url = models.URLField(
        blank=True,
        help_text="Where Link sends your customer after Finish. {companyId}, {connectionId}, {platform}, "
        "{platformName}, {statusCode} and further documented parameters are filled in.",
    )
    allowed_redirect_hosts = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    # Whose pages may speak to the API from a browser; kept for embedded Link.
    cors_origins = ArrayField(models.CharField(max_length=300), default=list, db_default=[], blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OperatorManager()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Make users that sign in by e-mail address."""

    def create_user(self, *, email: str, password: str | None, **fields: Any) -> User:
        """Return a new user; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """A person who signs in to the Portal; what they may do is said by their membership."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc, assignment]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.email


class Member(TenantModel):
    """A user in an operator, with a role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ADMINISTRATOR)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operator", "user"], name="member_once_per_operator")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def may(self, right: Right) -> bool:
        """Say whether the member's role allows something."""
        return right in RIGHTS[self.role]
