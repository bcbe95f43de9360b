"""Tables of the frame: answers kept for requests that may be sent again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from config.encryption import SecretField
from config.tenancy import TenantModel


class IdempotentAnswer(TenantModel):
    """The first answer to a request with an `Idempotency-Key`, written in the transaction of what it did."""

    api_key_id = models.UUIDField()
    key = models.CharField(max_length=200)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    # Some answers show a secret, this once.
    body = SecretField()
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["operator", "api_key_id", "key"], name="one_answer_per_api_key_and_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
