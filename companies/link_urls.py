"""The URLs by which a company, or one connection of it, is linked."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from companies.models import Company, Connection, LinkUrl


def company_link_url(company: Company) -> str:
    """Return the company's Link URL, or "" while it has none."""
    current = _current(company)
    return f"{settings.BASE_URL}{reverse('link:start', kwargs={'token': current.token})}" if current else ""


def connection_link_url(connection: Connection) -> str:
    """Return the URL that leads the customer straight to a connection, or "" while the company has no Link URL."""
    current = _current(connection.company)
    if current is None:
        return ""
    where = {"token": current.token, "connection_id": connection.id}
    return f"{settings.BASE_URL}{reverse('link:consent', kwargs=where)}"


def _current(company: Company) -> LinkUrl | None:
    # In Python, so that `prefetch_related("link_urls")` serves whole lists.
    return next((link for link in company.link_urls.all() if link.revoked_at is None), None)
