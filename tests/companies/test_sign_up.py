"""The page on which an invited operator signs up."""

from __future__ import annotations

from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.test import Client

from companies import lookups
from companies.models import Member, Operator, User
from companies.roles import Role
from companies.services.operators import invitation_url
from config.tenancy import tenant_context
from tests.conftest import Tenant

PASSWORD = "a long and quiet river"
ENTERED = {
    "operator_name": "Harbour Finance",
    "user_name": "Zoe",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


@pytest.fixture
def invitation(db: None) -> str:
    """The path of Zoe's invitation."""
    return urlsplit(invitation_url(email="Zoe@Example.org")).path


def test_the_page_shows_the_invited_address(invitation: str) -> None:
    response = Client().get(invitation)
    page = response.content.decode()
    assert 'value="zoe@example.org"' in page
    assert "<button>Sign up</button>" in page
    assert response["Cache-Control"] == "no-store"


def test_signing_up_makes_an_operator_and_signs_in(invitation: str) -> None:
    client = Client()
    response = client.post(invitation, {**ENTERED, "email": "somebody@else.example"})
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    user = User.objects.get(email="zoe@example.org")
    assert user.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(user.pk)
    operator_id = lookups.operator_of_user(user.pk)
    assert operator_id is not None
    with tenant_context(operator_id):
        assert Operator.objects.get().name == "Harbour Finance"
        assert Member.objects.get().role == Role.ADMINISTRATOR


def test_an_invitation_works_once(invitation: str) -> None:
    Client().post(invitation, ENTERED)
    response = Client().post(invitation, ENTERED)
    assert response.status_code == 410
    assert "This invitation was used already. Sign in instead." in response.content.decode()


@pytest.mark.parametrize("path", ["/sign-up/nonsense/", "/sign-up/mallory@example.org:1xVbdF:forged/"])
def test_an_unknown_invitation_is_said(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 410
    assert "Ask for a new one." in response.content.decode()


def test_an_old_invitation_is_said(db: None) -> None:
    with patch("time.time", return_value=1_600_000_000):
        path = urlsplit(invitation_url(email="zoe@example.org")).path
    assert Client().get(path).status_code == 410


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"operator_name": ""}, "Enter the name of your organisation."),
        ({"password": "short", "password_again": "short"}, "at least 10 characters"),
        ({"password": "password123", "password_again": "password123"}, "too common"),
        ({"password": "zoe@example.org", "password_again": "zoe@example.org"}, "too similar"),
        ({"password_again": "another one entirely"}, "This is not the same password as above."),
    ],
)
def test_what_is_refused_is_said(invitation: str, entered: dict[str, str], message: str) -> None:
    page = Client().post(invitation, ENTERED | entered).content.decode()
    assert message in page
    assert PASSWORD not in page
    assert not User.objects.exists()


def test_what_the_service_refuses_is_said(invitation: str) -> None:
    page = Client().post(invitation, ENTERED | {"operator_name": "x" * 100, "user_name": "y" * 101}).content
    assert b"at most 100 characters" in page


def test_somebody_who_is_signed_in_elsewhere_can_sign_up(invitation: str, northwind: Tenant) -> None:
    client = northwind.portal()
    assert client.get(invitation).status_code == 200
    assert client.post(invitation, ENTERED).status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email="zoe@example.org").pk)
