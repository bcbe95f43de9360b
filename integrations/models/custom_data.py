"""Custom data types: which properties of a vendor's rows an operator wants to have by names of its own."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.tenancy import TenantModel


class CustomDataType(TenantModel):
    """A choice of properties out of the bodies of one stream, as the API takes it."""

    platform_key = models.CharField(max_length=8)
    identifier = models.CharField(max_length=60)
    data_source = models.CharField(max_length=200)
    # The operator's name of a property, and its path in the body.
    required_data = models.JSONField(default=dict)
    key_by = ArrayField(models.CharField(max_length=200), default=list)
    source_modified_date = ArrayField(models.CharField(max_length=200), null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["operator", "platform_key", "identifier"], name="custom_data_type_once"
            )
        ]

    def __str__(self) -> str:
        return self.identifier
