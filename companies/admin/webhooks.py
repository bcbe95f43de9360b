"""Webhooks in the Portal: consumers, made and changed, and the log of what was sent to them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from companies.admin.base import ReadOnlyAdmin, TenantModelAdmin, actor, require
from companies.admin.pages import Crumbs, confirmation, moment, moment_column, page, pill
from companies.admin.webhook_forms import ConsumerForm, ExampleForm
from companies.models import WebhookConsumer, WebhookDelivery
from companies.roles import Right
from companies.services.webhook_consumers import (
    TooManyConsumers,
    consumer_create,
    consumer_delete,
    consumer_rotate_secret,
    consumer_update,
)
from companies.services.webhook_queue import MISSED_WITHIN
from companies.services.webhook_replays import (
    ConsumerDisabled,
    consumer_recover,
    consumer_replay_missing,
    consumer_test,
    delivery_replay,
)

_LIST = "admin:companies_webhookconsumer_changelist"
_LOG = "admin:companies_webhookdelivery_changelist"
_SECRETS = ("headers", "secret", "previous_secret")


@admin.register(WebhookConsumer)
class WebhookConsumerAdmin(TenantModelAdmin):
    """Addresses of the operator's software that are told what happens."""

    view_right = add_right = change_right = delete_right = Right.CHANGE_SETTINGS
    list_title = "Webhooks"
    purpose = "Addresses of your own software that are told at once what happens to companies and their data."
    empty_title = "No webhooks yet"
    empty_text = "Click New webhook, and enter a URL of your software and the events that it is to get."
    add_label = "New webhook"
    list_display = ("url", "description", "events", "state", "created")
    ordering = ("created_at", "id")
    created = moment_column("created_at", "Created")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookConsumer]:
        return super().get_queryset(request).defer(*_SECRETS)

    @admin.display(description="Events")
    def events(self, consumer: WebhookConsumer) -> str:
        return ", ".join(consumer.event_types)

    @admin.display(description="State")
    def state(self, consumer: WebhookConsumer) -> str:
        return state_pill(consumer)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/example/", view(self.example_view), name="webhook-example"),
            path("<uuid:pk>/switch/", view(self.switch_view), name="webhook-switch"),
            path("<uuid:pk>/secret/", view(self.secret_view), name="webhook-secret"),
            path("<uuid:pk>/recover/", view(self.recover_view), name="webhook-recover"),
            path("<uuid:pk>/missing/", view(self.missing_view), name="webhook-missing"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Make a consumer and show its secret, this once."""
        require(request, self.add_right)
        form = ConsumerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                consumer = consumer_create(actor=actor(request), **form.values())
            except TooManyConsumers as refused:
                form.add_error(None, str(refused))
            else:
                return self._secret_page(request, consumer, str(consumer.secret))
        return page(
            request,
            "portal/webhooks/add.html",
            title="New webhook",
            purpose="Afterwards you get the secret by which your software verifies what it is sent.",
            crumbs=self._crumbs(),
            form=form,
        )

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a consumer, change it, and offer what can be done with it."""
        consumer = self._found(request, object_id)
        form = ConsumerForm(request.POST or None, consumer=consumer)
        if request.method == "POST" and form.is_valid():
            consumer_update(consumer=consumer, actor=actor(request), **form.values())
            messages.success(request, "Saved.")
            return redirect(page_url(consumer))
        return page(
            request,
            "portal/webhooks/page.html",
            title=consumer.url,
            purpose="What is sent here, and how that went.",
            crumbs=self._crumbs(),
            consumer=consumer,
            state=state_pill(consumer),
            form=form,
            example=ExampleForm(),
            log_url=f"{reverse(_LOG)}?consumer__id__exact={consumer.pk}",
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        consumer = self._found(request, object_id)
        if request.method == "POST":
            consumer_delete(consumer=consumer, actor=actor(request))
            messages.success(request, "The webhook was deleted.")
            return redirect(_LIST)
        consequences = [
            "Nothing more is sent to this address, and what was waiting is given up.",
            "The log of its deliveries goes with it.",
        ]
        return self._confirm(
            request, consumer, title="Delete the webhook", consequences=consequences, button="Delete"
        )

    def example_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Send an example of an event."""
        consumer, form = self._posted(request, pk), ExampleForm(request.POST)
        if not form.is_valid():
            raise Http404("No such event")
        try:
            consumer_test(consumer=consumer, event_type=form.cleaned_data["event_type"], actor=actor(request))
        except ConsumerDisabled as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, "An example is on its way. The log of deliveries shows what came of it."
            )
        return redirect(page_url(consumer))

    def switch_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Disable a consumer, or enable it."""
        consumer = self._posted(request, pk)
        consumer_update(consumer=consumer, actor=actor(request), disabled=not consumer.disabled)
        said = "Nothing more is sent to it." if consumer.disabled else "Events are sent to it from now on."
        messages.success(request, said)
        return redirect(page_url(consumer))

    def secret_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Make a new secret and show it, this once."""
        consumer = self._found(request, pk)
        if request.method == "POST":
            return self._secret_page(
                request, consumer, consumer_rotate_secret(consumer=consumer, actor=actor(request))
            )
        consequences = [
            "You get a new secret, which is shown once.",
            "For 24 hours everything is signed with both, so that your software can change over.",
            "A secret from before a rotation that was less than a day ago stops signing at once.",
        ]
        return self._confirm(
            request, consumer, title="Rotate the secret", consequences=consequences, button="Rotate"
        )

    def recover_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Send again what failed in the last two weeks."""
        return self._replay(
            request,
            pk,
            lambda consumer: consumer_recover(
                consumer=consumer, since=timezone.now() - MISSED_WITHIN, actor=actor(request)
            ),
        )

    def missing_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Send what was never sent in the last two weeks."""
        return self._replay(
            request, pk, lambda consumer: consumer_replay_missing(consumer=consumer, actor=actor(request))
        )

    def _replay(self, request: HttpRequest, pk: UUID, replay: Any) -> HttpResponse:
        consumer = self._posted(request, pk)
        try:
            count = replay(consumer)
        except ConsumerDisabled as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, f"{count} {'delivery is' if count == 1 else 'deliveries are'} on the way."
            )
        return redirect(page_url(consumer))

    def _secret_page(self, request: HttpRequest, consumer: WebhookConsumer, secret: str) -> HttpResponse:
        return page(
            request,
            "portal/webhooks/secret.html",
            title="The webhook's secret",
            purpose="Your software verifies by it that what it is sent comes from here.",
            crumbs=self._crumbs(consumer),
            secret=secret,
            done=page_url(consumer),
        )

    def _posted(self, request: HttpRequest, pk: UUID) -> WebhookConsumer:
        consumer = self._found(request, pk)
        if request.method != "POST":
            raise Http404("This is a button's address.")
        return consumer

    def _found(self, request: HttpRequest, pk: Any) -> WebhookConsumer:
        require(request, self.change_right)
        consumer = self.get_object(request, str(pk))
        if consumer is None:
            raise Http404("No such webhook")
        return consumer

    def _crumbs(self, consumer: WebhookConsumer | None = None) -> Crumbs:
        above = [("Webhooks", reverse(_LIST))]
        return [*above, (consumer.url, page_url(consumer))] if consumer else above

    def _confirm(self, request: HttpRequest, consumer: WebhookConsumer, **texts: Any) -> HttpResponse:
        return confirmation(request, back=page_url(consumer), crumbs=self._crumbs(consumer), **texts)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was sent, and what came of it."""

    view_right = Right.CHANGE_SETTINGS
    list_title = "Webhook deliveries"
    purpose = "Every event on its way to your software in the last 30 days, newest first, with each attempt."
    empty_title = "No deliveries yet"
    empty_text = "They appear when something happens that one of your webhooks subscribes to."
    list_display = ("time", "event_type", "receiver", "state_pill", "attempts", "answer", "next_attempt")
    list_filter: ClassVar[list[Any]] = ["state", "event__event_type", "consumer"]
    list_select_related = ("event", "consumer")
    search_fields = ("id__exact", "event__id__exact")
    search_help_text = "Delivery ID or webhook-id"
    ordering = ("-created_at", "id")
    time = moment_column("created_at", "Time")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).defer(*(f"consumer__{name}" for name in _SECRETS))

    @admin.display(description="Event", ordering="event__event_type")
    def event_type(self, delivery: WebhookDelivery) -> str:
        mark = pill("none", "Example") if delivery.event.is_example else ""
        return format_html("{} {}", delivery.event.event_type, mark)

    @admin.display(description="Webhook")
    def receiver(self, delivery: WebhookDelivery) -> str:
        url = page_url(delivery.consumer)
        return format_html('<a class="tb-link" href="{}"><bdi>{}</bdi></a>', url, delivery.consumer.url)

    @admin.display(description="State", ordering="state")
    def state_pill(self, delivery: WebhookDelivery) -> str:
        return pill(_PILLS[delivery.state], delivery.get_state_display())

    @admin.display(description="Last answer")
    def answer(self, delivery: WebhookDelivery) -> str:
        return delivery.last_error or str(delivery.last_status or "—")

    @admin.display(description="Next attempt")
    def next_attempt(self, delivery: WebhookDelivery) -> str:
        return moment(delivery.not_before) if delivery.state == WebhookDelivery.State.WAITING else "—"

    def get_urls(self) -> list[URLPattern]:
        replay = self.admin_site.admin_view(self.replay_view)
        return [path("<uuid:pk>/replay/", replay, name="webhook-replay"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a delivery with its body and its attempts."""
        delivery = self._found(request, object_id)
        return page(
            request,
            "portal/webhooks/delivery.html",
            title=f"{delivery.event.event_type} of {moment(delivery.created_at)}",
            purpose="What was sent, and what came of it.",
            crumbs=[("Webhook deliveries", reverse(_LOG))],
            delivery=delivery,
            state=self.state_pill(delivery),
            attempts=delivery.attempt_log.order_by("-at", "-pk"),
            body=bytes(delivery.event.body).decode(),
            consumer_url=page_url(delivery.consumer),
        )

    def replay_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Send a delivery again."""
        delivery = self._found(request, pk)
        if request.method != "POST":
            raise Http404("This is a button's address.")
        try:
            delivery_replay(delivery=delivery, actor=actor(request))
        except ConsumerDisabled as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "It is on its way again.")
        return redirect("admin:companies_webhookdelivery_change", delivery.pk)

    def _found(self, request: HttpRequest, pk: Any) -> WebhookDelivery:
        require(request, self.view_right)
        delivery = self.get_object(request, str(pk))
        if delivery is None:
            raise Http404("No such delivery")
        return delivery


_PILLS = {"waiting": "queued", "sending": "running", "delivered": "complete", "failed": "failed"}


def state_pill(consumer: WebhookConsumer) -> str:
    """Return how a consumer does as a mark."""
    if consumer.disabled:
        return pill("unlinked", "Disabled")
    return pill("failed", "Failing") if consumer.failing_since else pill("linked", "Enabled")


def page_url(consumer: WebhookConsumer) -> str:
    """Return the URL of a consumer's page."""
    return reverse("admin:companies_webhookconsumer_change", args=[consumer.pk])
