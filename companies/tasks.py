"""Celery's way into what companies do by themselves."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from companies.services.emails import emails_send_due


@shared_task(ignore_result=True)
def send_emails(**kwargs: Any) -> None:
    """Send the e-mails that are due."""
    emails_send_due()
