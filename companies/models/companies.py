"""Companies (an operator's SMB customers) and the Link URLs by which they connect."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.signing import Signer
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from companies.names import NAME_PATTERN, describe_refused_characters
from config.tenancy import TenantManager, TenantModel


class NameValidator(RegexValidator):
    """Refuse characters that a company's name may not have, naming them."""

    regex = NAME_PATTERN

    def __call__(self, value: Any) -> None:
        self.message = describe_refused_characters(str(value))
        super().__call__(value)


class CompanyManager(TenantManager["Company"]):
    """Leave out companies that wait to be purged."""

    def get_queryset(self) -> models.QuerySet[Company]:
        return super().get_queryset().filter(deleted_at=None)


class Company(TenantModel):
    """An SMB customer of an operator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("company name", max_length=200, validators=[NameValidator()])
    description = models.CharField(max_length=500, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    # Names by which API clients say what they use a company for; nothing here goes by them.
    products = ArrayField(models.CharField(max_length=100), default=list, db_default=[], blank=True)
    created_by = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[CompanyManager] = CompanyManager()
    with_deleted: ClassVar = TenantManager["Company"]()

    class Meta(TenantModel.Meta):
        base_manager_name = "with_deleted"
        verbose_name_plural = "companies"
        indexes: ClassVar = [
            models.Index(fields=["operator", "-created_at", "id"], name="company_newest"),
            models.Index(fields=["operator", "name"], name="company_name"),
        ]

    def __str__(self) -> str:
        return self.name


_link_signer = Signer(salt="companies.link-url", sep=".")


class LinkUrl(TenantModel):
    """The URL that lets a company connect; one is current, revoked ones stay on record.

    The URL carries the row's id and a signature made with SECRET_KEY, so that neither a dump of the database nor a
    guessed id lets anybody in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="link_urls")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(revoked_at=None), name="one_current_link_url"
            )
        ]

    def __str__(self) -> str:
        return f"Link URL of {self.company_id}"

    @property
    def token(self) -> str:
        """Return what stands in the URL."""
        return _link_signer.sign(self.id.hex)


def link_url_id(token: str) -> uuid.UUID:
    """Return the id that a token was signed for; raise BadSignature where it was not."""
    return uuid.UUID(_link_signer.unsign(token))
