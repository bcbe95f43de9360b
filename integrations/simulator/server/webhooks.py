"""The webhooks of a site: who wants them, which were sent, and the thread that sends them (facts §6)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from msgspec import Struct

from ..spec import SiteSpec
from .delivery import deliver, destination
from .form import encode, hmac_signature, legacy_signature

KEPT = 2_000  # webhooks remembered, the newest; older ones are forgotten, delivered or not
PAUSES = (0, 10, 15, 90, 180)  # seconds before each attempt
PATIENCE = 15.0  # seconds a receiver has to answer
EVENTS = frozenset({
    "billing_date_change", "component_allocation_change", "customer_create", "customer_update",
    "direct_debit_payment_paid_out", "direct_debit_payment_pending", "direct_debit_payment_rejected",
    "dunning_step_reached", "expiration_date_change", "expiring_card", "invoice_issued", "invoice_pending",
    "metered_usage", "payment_failure", "payment_success", "pending_cancellation_change",
    "prepaid_subscription_balance_changed", "prepaid_usage", "refund_failure", "refund_success",
    "renewal_failure", "renewal_success", "signup_failure", "signup_success", "statement_closed",
    "statement_settled", "subscription_card_update", "subscription_group_card_update",
    "subscription_prepayment_account_balance_changed", "subscription_product_change",
    "subscription_service_credit_account_balance_changed", "subscription_state_change", "trial_end_notice",
    "upcoming_renewal_notice", "upgrade_downgrade_failure", "upgrade_downgrade_success",
})  # fmt: skip


class Endpoint(Struct):
    """Where webhooks go, as the vendor shows it."""

    id: int
    url: str
    site_id: int
    webhook_subscriptions: list[str]
    status: str = "enabled"


class Webhook(Struct):
    """One event for one endpoint [I]; times are epoch seconds, `due` is of the monotonic clock."""

    id: int
    event: str
    body: str
    endpoint: int
    subscription: int | None
    created_at: int
    due: float | None
    attempts: int = 0
    accepted_at: int | None = None
    last_error: str | None = None
    last_error_at: int | None = None
    last_sent_at: int | None = None
    last_sent_url: str | None = None

    @property
    def status(self) -> str:
        """Return the word of the list's filter that it matches."""
        if self.accepted_at is not None:
            return "successful"
        return "failed" if self.attempts == len(PAUSES) else "pending"


class Webhooks:
    """Publishes a site's events; every method may be called from any thread.

    Tests shrink time: `pace` multiplies the pauses between attempts.
    """

    def __init__(self, spec: SiteSpec, site_id: int, now: Callable[[], int]) -> None:
        self.pace, self.patience = 1.0, PATIENCE
        self.enabled = False  # until the settings say otherwise [I]
        self.spec, self.site_id = spec, site_id
        self._now = now
        self._changed = threading.Condition()
        self._endpoints: dict[int, Endpoint] = {}
        self._endpoint_ids, self._ids = count(1), count(100_000_001)
        self._kept: OrderedDict[int, Webhook] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._stopped = False

    @property
    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints, oldest first."""
        return list(self._endpoints.values())

    def kept(self) -> list[Webhook]:
        """Return the remembered webhooks, oldest first."""
        with self._changed:
            return list(self._kept.values())

    def endpoint(self, number: int) -> Endpoint | None:
        """Return an endpoint if there is one of that id."""
        return self._endpoints.get(number)

    def register(self, url: str, events: list[str], number: int | None = None) -> Endpoint:
        """Add an endpoint, or change one; ValueError, in the vendor's words where known, if it is refused."""
        for event in events:
            if event not in EVENTS:
                raise ValueError(f"Event key is not valid - {event}")
        try:
            destination(url)
        except ValueError as error:
            raise ValueError(f"URL: invalid, {error}") from None
        number = next(self._endpoint_ids) if number is None else number
        endpoint = Endpoint(number, url, self.site_id, events)
        self._endpoints[number] = endpoint
        return endpoint

    def publish(self, event: str, payload: Mapping[str, Any], event_id: int) -> None:
        """Send an event to the endpoints that want it; times in the payload are ISO-8601 strings."""
        if not self.enabled:
            return
        site = {"id": self.site_id, "subdomain": self.spec.subdomain}
        for endpoint in self.endpoints:
            if event in endpoint.webhook_subscriptions:
                self._send(endpoint, event, {"site": site, **payload, "event_id": event_id})

    def test(self) -> None:
        """Send every endpoint the vendor's test event (facts §6)."""
        for endpoint in self.endpoints:
            self._send(endpoint, "test", {"chargify": "testing"})

    def replay(self, numbers: Iterable[int]) -> None:
        """Send webhooks once more under their old ids; unknown ids are passed over [I]."""
        with self._changed:
            for number in numbers:
                if webhook := self._kept.get(number):
                    webhook.accepted_at, webhook.attempts, webhook.due = None, 0, time.monotonic()
            self._awake()

    def stop(self) -> None:
        """Send nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _send(self, endpoint: Endpoint, event: str, payload: dict[str, Any]) -> None:
        with self._changed:
            number = next(self._ids)
            body = encode({"id": number, "event": event, "payload": payload})
            due, subscription = time.monotonic(), _subscription(payload)
            self._kept[number] = Webhook(number, event, body, endpoint.id, subscription, self._now(), due)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            self._awake()

    def _awake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        while (webhook := self._next()) is not None:
            url = self._endpoints[webhook.endpoint].url  # which may have changed since
            error = self._attempt(webhook, url)
            self._note(webhook, url, error)

    def _next(self) -> Webhook | None:
        """Wait for the webhook that is due first; None when all is over."""
        with self._changed:
            while not self._stopped:
                waiting = [webhook for webhook in self._kept.values() if webhook.due is not None]
                first = min(waiting, key=lambda webhook: webhook.due or 0, default=None)
                pause = None if first is None else (first.due or 0) - time.monotonic()
                if first is not None and pause is not None and pause <= 0:
                    first.due = None
                    return first
                self._changed.wait(pause)
            return None

    def _attempt(self, webhook: Webhook, url: str) -> str:
        key, body = self.spec.shared_key, webhook.body
        signature = hmac_signature(key, body)
        headers = {
            "X-Chargify-Webhook-Id": str(webhook.id),
            "X-Chargify-Webhook-Signature-Hmac-Sha-256": signature,
            "X-Chargify-Webhook-Signature": legacy_signature(key, body),
        }
        return deliver(url.replace("{signature_hmac_sha_256}", signature), body, headers, self.patience)

    def _note(self, webhook: Webhook, url: str, error: str) -> None:
        with self._changed:
            if webhook.due is not None:
                return  # replayed while it was under way: that attempt counts
            now = self._now()
            webhook.attempts += 1
            webhook.last_sent_at, webhook.last_sent_url = now, url
            if error:
                webhook.last_error = f"{error} (retry {webhook.attempts} of {len(PAUSES)})"
                webhook.last_error_at = now
                webhook.due = self._next_due(webhook.attempts)
            else:
                webhook.accepted_at, webhook.last_error, webhook.last_error_at = now, None, None

    def _next_due(self, attempts: int) -> float | None:
        more = attempts < len(PAUSES)
        return time.monotonic() + PAUSES[attempts] * self.pace if more else None


def _subscription(payload: Mapping[str, Any]) -> int | None:
    inner = payload.get("subscription")
    return inner.get("id") if isinstance(inner, dict) else None
