"""The page on which an invited operator signs up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from companies.middleware import own_transactions
from companies.models import Member, User
from companies.services.operators import invitation_read, operator_create


class SignUpForm(forms.Form):
    """Who the new operator is; the address is the invited one."""

    operator_name = forms.CharField(
        label="Name of your organisation",
        max_length=100,
        help_text="Your customers read it when they connect.",
        error_messages={"required": "Enter the name of your organisation."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    user_name = forms.CharField(
        label="Your name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    email = forms.EmailField(label="E-mail", disabled=True, help_text="You sign in with this address.")
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 10 characters, and not one that many people use.",
        error_messages={"required": "Enter a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="Password again",
        strip=False,
        error_messages={"required": "Enter the password again."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Refuse a weak password."""
        password: str = self.cleaned_data["password"]
        validate_password(
            password, User(email=self.initial["email"], name=self.cleaned_data.get("user_name", ""))
        )
        return password

    def clean_password_again(self) -> str:
        """Refuse a password that was not typed twice alike."""
        again: str = self.cleaned_data["password_again"]
        if again != self.cleaned_data.get("password", again):
            raise ValidationError("This is not the same password as above.")
        return again

    def create(self) -> Member | None:
        """Return the administrator of the new operator, or None with the reason among the errors."""
        entered: dict[str, Any] = self.cleaned_data
        try:
            return operator_create(
                name=entered["operator_name"],
                email=entered["email"],
                password=entered["password"],
                user_name=entered["user_name"],
            )
        except ValidationError as error:
            self.add_error(None, error.messages)
            return None


@own_transactions  # A member of another operator may be signed in to the same browser.
@sensitive_post_parameters()
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """Make the operator of whoever was invited, and sign them in."""
    try:
        email = invitation_read(token=token)
    except ValidationError as error:
        return render(request, "companies/sign_up.html", {"message": error.messages[0]}, status=410)
    form = SignUpForm(request.POST or None, initial={"email": email})
    member = form.create() if form.is_valid() else None
    if member:
        login(request, member.user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("admin:index")
    return render(request, "companies/sign_up.html", {"form": form})
