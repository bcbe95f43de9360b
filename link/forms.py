"""The credentials form, made from what a connector declares."""

from __future__ import annotations

from typing import Any

from django import forms

from integrations.connectors.base import Connector, InvalidAccount

_EXACT = {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class CredentialsForm(forms.Form):
    """Where the account is, and the secret that opens it; the secret is never rendered again."""

    def __init__(self, connector: Connector, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.connector = connector
        for field in connector.account_fields:
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.help_text,
                max_length=200,
                widget=forms.TextInput(attrs={**_EXACT, "placeholder": field.placeholder}),
                error_messages={"required": f"Enter your {field.label}."},
            )
        self.fields["secret"] = forms.CharField(
            label=connector.secret_label,
            max_length=300,
            widget=forms.PasswordInput(attrs=_EXACT),
            error_messages={"required": f"Enter your {connector.secret_label}."},
        )

    @property
    def entered(self) -> dict[str, str]:
        """Return what was typed into the account's fields."""
        return {field.name: self.cleaned_data[field.name] for field in self.connector.account_fields}

    def clean_secret(self) -> str:
        """Refuse what can't be a secret of this vendor."""
        secret: str = self.cleaned_data["secret"]
        try:
            self.connector.clean_secret(secret)
        except InvalidAccount as error:
            raise forms.ValidationError(str(error)) from None
        return secret

    def clean(self) -> None:
        """Refuse what can't be an account of this vendor."""
        account_fields = [field.name for field in self.connector.account_fields]
        if any(name in self.errors for name in account_fields):
            return
        try:
            self.connector.parse_account(self.entered)
        except InvalidAccount as error:
            self.add_error(account_fields[0], str(error))
