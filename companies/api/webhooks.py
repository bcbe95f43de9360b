"""The API of webhooks out."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from companies.api.base import ClientView, uuid_of
from companies.api.webhook_serializers import (
    NewWebhookConsumerSerializer,
    WebhookConsumerRequestSerializer,
    WebhookConsumerSerializer,
    WebhookConsumersSerializer,
    WebhookConsumerUpdateSerializer,
    WebhookDeliverySerializer,
    WebhookQueuedSerializer,
    WebhookRecoverSerializer,
    WebhookSecretSerializer,
    WebhookTestSerializer,
)
from companies.models import Scope, WebhookAttempt, WebhookConsumer, WebhookDelivery
from companies.services.webhook_consumers import (
    TooManyConsumers,
    consumer_create,
    consumer_delete,
    consumer_rotate_secret,
    consumer_update,
)
from companies.services.webhook_replays import (
    ConsumerDisabled,
    consumer_recover,
    consumer_replay_missing,
    consumer_test,
    delivery_replay,
)
from companies.webhooks.event_types import EventType
from config.api.errors import Conflict
from config.api.query import Identifier, Moment, Text
from config.api.views import ListApiView, operation

_TAG = "Webhooks"


class WebhookView(ClientView):
    """A view of webhooks out."""

    scope = Scope.ADMIN

    def consumer(self) -> WebhookConsumer:
        """Return the consumer that the URL names; raise NotFound."""
        asked = self.kwargs["webhookId"]
        consumer = WebhookConsumer.objects.filter(pk=uuid_of(asked)).first()
        if consumer is None:
            raise NotFound(f"No webhook consumer was found with ID {asked}")
        return consumer

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(Conflict(str(exc)) if isinstance(exc, ConsumerDisabled) else exc)


class WebhooksView(WebhookView):
    """All webhook consumers of the operator."""

    @operation(
        "list-webhook-consumers", "List webhook consumers", tag=_TAG, response=WebhookConsumersSerializer
    )
    def get(self, request: Request) -> Response:
        """Return the consumers, the oldest first."""
        consumers = WebhookConsumer.objects.order_by("created_at", "id")
        return Response({"results": WebhookConsumerSerializer(consumers, many=True).data})

    @operation(
        "create-webhook-consumer",
        "Create a webhook consumer",
        tag=_TAG,
        request=WebhookConsumerRequestSerializer,
        response=NewWebhookConsumerSerializer,
        status=201,
        errors=[400, 409, 422],
    )
    def post(self, request: Request) -> Response:
        """Create a consumer; the answer shows its secret, this once."""
        try:
            consumer = consumer_create(
                actor=self.actor, **_read(WebhookConsumerRequestSerializer(data=request.data))
            )
        except TooManyConsumers as refused:
            raise ParseError(str(refused)) from refused
        return Response(NewWebhookConsumerSerializer(consumer).data, status=201)


class WebhookConsumerView(WebhookView):
    """One webhook consumer."""

    @operation(
        "update-webhook-consumer",
        "Update a webhook consumer",
        tag=_TAG,
        request=WebhookConsumerUpdateSerializer,
        response=WebhookConsumerSerializer,
        errors=[400, 404, 409, 422],
    )
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """Change a consumer, disable or enable it; what is left out or null stays, `headers` replaces all of them."""
        consumer = self.consumer()
        changes = _read(WebhookConsumerUpdateSerializer(data=request.data))
        consumer_update(consumer=consumer, actor=self.actor, **changes)
        return Response(WebhookConsumerSerializer(consumer).data)

    @operation(
        "delete-webhook-consumer",
        "Delete a webhook consumer",
        tag=_TAG,
        response=None,
        status=204,
        errors=[404],
    )
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Delete a consumer with the log of its deliveries."""
        consumer_delete(consumer=self.consumer(), actor=self.actor)
        return Response(status=204)


class WebhookTestView(WebhookView):
    """Examples for one consumer."""

    @operation(
        "test-webhook-consumer",
        "Send an example",
        tag=_TAG,
        request=WebhookTestSerializer,
        response=WebhookDeliverySerializer,
        status=202,
        errors=[400, 404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Send an example of an event to a consumer, whether it subscribes to it or not."""
        consumer = self.consumer()
        event_type = EventType(_read(WebhookTestSerializer(data=request.data))["event_type"])
        delivery = consumer_test(consumer=consumer, event_type=event_type, actor=self.actor)
        return Response(WebhookDeliverySerializer(delivery).data, status=202)


class WebhookSecretView(WebhookView):
    """The secret of one consumer."""

    @operation(
        "rotate-webhook-secret",
        "Rotate a consumer's secret",
        tag=_TAG,
        response=WebhookSecretSerializer,
        errors=[404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Make a new secret and show it, this once; for 24 hours the one before signs as well."""
        consumer = self.consumer()
        consumer_rotate_secret(consumer=consumer, actor=self.actor)
        return Response(WebhookSecretSerializer(consumer).data)


class WebhookDeliveriesView(WebhookView, ListApiView):
    """What was sent to one consumer."""

    query_fields = {
        "id": Identifier("id"),
        "eventId": Identifier("event_id"),
        "eventType": Text("event__event_type"),
        "state": Text("state"),
        "created": Moment("created_at"),
    }
    serializer_class = WebhookDeliverySerializer

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        return _deliveries(self.consumer()).order_by("-created_at", "id")

    @operation(
        "list-webhook-deliveries",
        "List a consumer's deliveries",
        tag=_TAG,
        response=WebhookDeliverySerializer(many=True),
        errors=[400, 404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the deliveries of the last 30 days with their attempts, the newest first."""
        return self.get_paginated_response(WebhookDeliverySerializer(self.page(), many=True).data)


class WebhookReplayView(WebhookView):
    """One delivery, once more."""

    @operation(
        "replay-webhook-delivery",
        "Send a delivery again",
        tag=_TAG,
        response=WebhookDeliverySerializer,
        status=202,
        errors=[404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Send a delivery again, whatever became of it, with the same `webhook-id` and body."""
        asked, deliveries = kwargs["deliveryId"], _deliveries(self.consumer())
        delivery = deliveries.filter(pk=uuid_of(asked)).first()
        if delivery is None:
            raise NotFound(f"No delivery was found with ID {asked}")
        delivery_replay(delivery=delivery, actor=self.actor)
        return Response(WebhookDeliverySerializer(deliveries.get(pk=delivery.pk)).data, status=202)


class WebhookRecoverView(WebhookView):
    """All that failed, once more."""

    @operation(
        "recover-webhook-deliveries",
        "Send again what failed",
        tag=_TAG,
        request=WebhookRecoverSerializer,
        response=WebhookQueuedSerializer,
        status=202,
        errors=[400, 404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Send every delivery again that failed and was made since a time."""
        consumer = self.consumer()
        since = _read(WebhookRecoverSerializer(data=request.data))["since"]
        count = consumer_recover(consumer=consumer, since=since, actor=self.actor)
        return Response({"queued": count}, status=202)


class WebhookMissingView(WebhookView):
    """What a consumer never got."""

    @operation(
        "replay-missing-webhooks",
        "Send what was missed",
        tag=_TAG,
        response=WebhookQueuedSerializer,
        status=202,
        errors=[404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Send the events of the last two weeks that were never sent to a consumer, also those from before it was made.

        At most 5,000 at once: ask again until none is queued.
        """
        count = consumer_replay_missing(consumer=self.consumer(), actor=self.actor)
        return Response({"queued": count}, status=202)


def _deliveries(consumer: WebhookConsumer) -> QuerySet[WebhookDelivery]:
    attempts = Prefetch("attempt_log", WebhookAttempt.objects.order_by("-at", "-pk"))
    return (
        WebhookDelivery.objects.filter(consumer=consumer).select_related("event").prefetch_related(attempts)
    )


def _read(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """Return what a request gives, without nulls; raise ValidationError."""
    serializer.is_valid(raise_exception=True)
    return {name: value for name, value in serializer.validated_data.items() if value is not None}
