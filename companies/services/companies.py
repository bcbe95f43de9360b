"""Making, renaming and deleting companies, and their Link URLs."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from companies.models import Company, Connection, LinkUrl
from companies.services.audit import audit
from companies.services.webhook_events import company_tell
from companies.signals import connection_closed
from companies.webhooks.event_types import EventType

UPDATABLE = {"name", "description", "tags"}


@transaction.atomic
def company_create(
    *, name: str, actor: str, description: str = "", tags: dict[str, str] | None = None
) -> Company:
    """Return a new company with its Link URL; raise ValidationError for a name that is refused."""
    company = Company(name=name.strip(), description=description, tags=tags or {}, created_by=actor)
    company.full_clean(exclude=["operator"])
    company.save()
    link_url_issue(company=company, actor=actor)
    audit(actor=actor, action="company.created", subject=str(company.id), name=company.name)
    company_tell(company=company, event_type=EventType.COMPANY_CREATED)
    return company


def company_update(*, company: Company, actor: str, **changes: Any) -> Company:
    """Return the company with its new name, description or tags; raise ValidationError for refused ones."""
    for name in changes.keys() & UPDATABLE:
        setattr(company, name, changes[name])
    company.full_clean(exclude=["operator"])
    company.save(update_fields=sorted(changes.keys() & UPDATABLE))
    audit(actor=actor, action="company.changed", subject=str(company.id), fields=sorted(changes))
    return company


def company_product_add(*, company: Company, product: str, actor: str) -> None:
    """Note that a company is used for a product; safe to repeat."""
    if product in company.products:
        return
    company.products = [*company.products, product]
    company.save(update_fields=["products"])
    audit(actor=actor, action="company.product_added", subject=str(company.id), product=product)


def company_product_remove(*, company: Company, product: str, actor: str) -> None:
    """Note that a company is used for a product no more."""
    company.products = [name for name in company.products if name != product]
    company.save(update_fields=["products"])
    audit(actor=actor, action="company.product_removed", subject=str(company.id), product=product)


@transaction.atomic
def company_delete(*, company: Company, actor: str) -> None:
    """Take a company out of sight at once; a task purges what it leaves (`portal.tasks.purge_deleted`)."""
    for connection in company.connections.all():
        connection_closed.send(sender=Connection, connection=connection)
    company.deleted_at = timezone.now()
    company.save(update_fields=["deleted_at"])
    audit(actor=actor, action="company.deleted", subject=str(company.id), name=company.name)
    company_tell(company=company, event_type=EventType.COMPANY_DELETED)


@transaction.atomic
def link_url_issue(*, company: Company, actor: str) -> LinkUrl:
    """Return a new Link URL; the one before stops working."""
    if LinkUrl.objects.filter(company=company, revoked_at=None).update(revoked_at=timezone.now()):
        audit(actor=actor, action="link_url.revoked", subject=str(company.id))
    link = LinkUrl.objects.create(company=company)
    audit(actor=actor, action="link_url.issued", subject=str(company.id))
    return link


def link_url_revoke(*, company: Company, actor: str) -> None:
    """Stop the company's Link URL from working."""
    LinkUrl.objects.filter(company=company, revoked_at=None).update(revoked_at=timezone.now())
    audit(actor=actor, action="link_url.revoked", subject=str(company.id))
