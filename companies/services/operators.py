"""Making operators and their first members, by command and by invitation."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from companies.models import Member, Operator, User
from companies.roles import Role
from companies.services.audit import audit
from config.tenancy import tenant_context

INVITATION_LIFETIME = timedelta(days=7)
_signer = TimestampSigner(salt="companies.invitation")


def operator_create(*, name: str, email: str, password: str, user_name: str = "") -> Member:
    """Return the administrator of a new operator; raise ValidationError for a bad or used address or password."""
    user = User(email=email.strip().lower(), name=user_name)
    validate_password(password, user)
    user.set_password(password)
    user.is_staff = True
    operator = Operator(id=uuid.uuid4(), name=name)
    with tenant_context(operator.id):
        user.full_clean()
        user.save()
        operator.full_clean()
        operator.save()
        member = Member.objects.create(operator=operator, user=user, role=Role.ADMINISTRATOR)
        audit(actor=str(user), action="operator.created", subject=name)
    return member


def operator_rename(*, name: str, actor: str) -> None:
    """Give the operator another name, which its customers read when they connect."""
    operator = Operator.objects.get()
    if operator.name == name:
        return
    audit(actor=actor, action="operator.renamed", subject=operator.name, name=name)
    operator.name = name
    operator.save(update_fields=["name"])


def operator_cors_origins_set(*, origins: list[str], actor: str) -> None:
    """Set the origins whose pages may speak to the API."""
    operator = Operator.objects.get()
    operator.cors_origins = origins
    operator.save(update_fields=["cors_origins"])
    audit(actor=actor, action="cors_origins.changed", subject=operator.name, origins=origins)


def operator_redirects_set(*, redirect_url: str, hosts: list[str], actor: str) -> None:
    """Set where Link sends customers after Finish, and the hosts it may lead to."""
    operator = Operator.objects.get()
    operator.redirect_url, operator.allowed_redirect_hosts = redirect_url, hosts
    operator.save(update_fields=["redirect_url", "allowed_redirect_hosts"])
    audit(actor=actor, action="redirects.changed", subject=operator.name, url=redirect_url, hosts=hosts)


def invitation_url(*, email: str) -> str:
    """Return the URL by which one address may sign up as a new operator, for seven days."""
    path = reverse("companies:sign-up", kwargs={"token": _signer.sign(email.strip().lower())})
    return f"{settings.BASE_URL}{path}"


def invitation_read(*, token: str) -> str:
    """Return the invited address; raise ValidationError where the invitation is unknown, too old or used."""
    try:
        email = _signer.unsign(token, max_age=INVITATION_LIFETIME)
    except BadSignature:
        raise ValidationError("This invitation is not valid any more. Ask for a new one.") from None
    if User.objects.filter(email=email).exists():
        raise ValidationError("This invitation was used already. Sign in instead.")
    return email
