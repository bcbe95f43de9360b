"""The encrypted field of secrets: fernet_fields' text field, made safe where it destroys or leaks."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.db import models
from django.db.models.expressions import BaseExpression
from fernet_fields import EncryptedTextField


class SecretUnreadable(Exception):
    """No key of FERNET_KEYS opens a stored secret: the key that encrypted it is missing from the list."""


class SecretField(EncryptedTextField):  # type: ignore[misc]
    """Text that is encrypted in the database and never serialised."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        # bulk_update() and F() hand over an expression; the family would encrypt its text.
        if isinstance(value, BaseExpression):
            return models.Field.get_db_prep_save(self, value, connection)
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any, *args: Any) -> Any:
        try:
            return super().from_db_value(value, expression, connection, *args)
        except InvalidToken as error:
            raise SecretUnreadable("A stored secret can't be read with FERNET_KEYS.") from error

    def value_to_string(self, obj: models.Model) -> str:
        """Keep the secret out of dumps."""
        return ""

    def first_key_reads(self, token: bytes) -> bool:
        """Say whether a stored token was made with the first of FERNET_KEYS."""
        try:
            Fernet(self.fernet_keys[0]).decrypt(token)
        except InvalidToken:
            return False
        return True
