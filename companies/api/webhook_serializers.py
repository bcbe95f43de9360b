"""Webhook consumers and their deliveries as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from companies.models import WebhookAttempt, WebhookConsumer, WebhookDelivery
from companies.webhooks import rules
from companies.webhooks.event_types import EventType
from config.api.serializers import CamelModelSerializer, CamelSerializer

_TYPES = f"Out of {', '.join(f'`{name}`' for name in EventType.values)}."
_TAGS = "As `key:value`, case-sensitive: only what is about companies with any of them is sent."


class WebhookConsumerSerializer(CamelModelSerializer[WebhookConsumer]):
    """An address to which events are sent; its secret and the values of its headers are never shown."""

    event_types = serializers.ListField(child=serializers.CharField(), help_text=_TYPES)
    company_tags = serializers.ListField(child=serializers.CharField(), help_text=_TAGS)
    header_names = serializers.SerializerMethodField()
    created = serializers.DateTimeField(source="created_at")

    class Meta:
        model = WebhookConsumer
        fields: tuple[str, ...] = (
            "id",
            "url",
            "event_types",
            "disabled",
            "company_tags",
            "description",
            "header_names",
            "disabled_reason",
            "failing_since",
            "previous_secret_until",
            "created",
        )

    def get_header_names(self, consumer: WebhookConsumer) -> list[str]:
        return list(consumer.custom_headers)


class NewWebhookConsumerSerializer(WebhookConsumerSerializer):
    """A consumer with its secret, which is shown this once."""

    secret = serializers.CharField(help_text="Verifies signatures; it isn't shown again.")

    class Meta(WebhookConsumerSerializer.Meta):
        fields = (*WebhookConsumerSerializer.Meta.fields, "secret")


class WebhookConsumerRequestSerializer(CamelSerializer[Any]):
    """What a consumer is made of."""

    url = serializers.CharField(max_length=rules.LONGEST_URL, validators=[rules.check_url])
    event_types = serializers.ListField(
        child=serializers.CharField(), validators=[rules.check_event_types], help_text=_TYPES
    )
    disabled = serializers.BooleanField(required=False, allow_null=True)
    company_tags = serializers.ListField(
        child=serializers.CharField(),
        validators=[rules.check_tags],
        required=False,
        allow_null=True,
        help_text=_TAGS,
    )
    description = serializers.CharField(max_length=200, required=False, allow_null=True, allow_blank=True)
    headers = serializers.DictField(
        child=serializers.CharField(),
        validators=[rules.check_headers],
        required=False,
        allow_null=True,
        help_text="Sent with every webhook; kept encrypted and not shown again.",
    )


class WebhookConsumerUpdateSerializer(WebhookConsumerRequestSerializer):
    """Changes of a consumer; what is absent or null stays as it is."""

    url = serializers.CharField(
        max_length=rules.LONGEST_URL, validators=[rules.check_url], required=False, allow_null=True
    )
    event_types = serializers.ListField(
        child=serializers.CharField(),
        validators=[rules.check_event_types],
        required=False,
        allow_null=True,
        help_text=_TYPES,
    )


class WebhookConsumersSerializer(CamelSerializer[Any]):
    """All consumers."""

    results = WebhookConsumerSerializer(many=True)


class WebhookSecretSerializer(CamelSerializer[WebhookConsumer]):
    """A new secret, and until when the one before signs beside it."""

    secret = serializers.CharField(help_text="Verifies signatures; it isn't shown again.")
    previous_secret_until = serializers.DateTimeField()


class WebhookTestSerializer(CamelSerializer[Any]):
    """Of which event an example is to be sent."""

    event_type = serializers.ChoiceField(EventType.values)


class WebhookRecoverSerializer(CamelSerializer[Any]):
    """From when on what failed is sent again."""

    since = serializers.DateTimeField()


class WebhookQueuedSerializer(CamelSerializer[Any]):
    """How many deliveries were queued."""

    queued = serializers.IntegerField()


class WebhookAttemptSerializer(CamelModelSerializer[WebhookAttempt]):
    """One request that was sent."""

    status = serializers.IntegerField(allow_null=True, help_text="Null where no whole answer came.")
    duration_ms = serializers.IntegerField(source="ms")

    class Meta:
        model = WebhookAttempt
        fields = ("at", "status", "duration_ms", "error")


class WebhookDeliverySerializer(CamelModelSerializer[WebhookDelivery]):
    """An event on its way to a consumer."""

    event_id = serializers.UUIDField(help_text="Stands in the header `webhook-id` of every attempt.")
    event_type = serializers.CharField(source="event.event_type")
    created = serializers.DateTimeField(source="created_at")
    next_attempt = serializers.SerializerMethodField()
    attempts = WebhookAttemptSerializer(source="attempt_log", many=True, help_text="The newest first.")

    class Meta:
        model = WebhookDelivery
        fields = ("id", "event_id", "event_type", "state", "created", "next_attempt", "attempts")

    def get_next_attempt(self, delivery: WebhookDelivery) -> str | None:
        if delivery.state != WebhookDelivery.State.WAITING:
            return None
        return delivery.not_before.isoformat().replace("+00:00", "Z")
