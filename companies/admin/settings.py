"""Settings and activity in the Portal: team, API keys, audit trail."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from companies.admin.base import ReadOnlyAdmin, TenantModelAdmin, actor, require
from companies.admin.pages import confirmation, moment, moment_column, page, pill
from companies.models import ApiKey, AuditEvent, Member, Scope
from companies.roles import Right
from companies.services.api_keys import TooManyKeys, api_key_create, api_key_revoke

SCOPE_TEXTS = {
    Scope.READ: "Read companies, connections and data",
    Scope.WRITE: "Change companies and connections, ask for syncs",
    Scope.ADMIN: "Administer API keys, webhooks, settings; read the audit trail",
    Scope.PROXY: "Send requests to your customers' accounts",
}


class ApiKeyForm(forms.Form):
    """What a new key is for, what it may do, and until when."""

    name = forms.CharField(
        max_length=50,
        error_messages={
            "required": "Enter a name for the key.",
            "max_length": "Use at most 50 characters for the name.",
        },
    )
    scopes = forms.MultipleChoiceField(
        choices=list(SCOPE_TEXTS.items()),
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    expires_at = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean_expires_at(self) -> datetime | None:
        """Return the first moment at which the key is refused: the day's end, in UTC."""
        day = self.cleaned_data["expires_at"]
        if day is None:
            return None
        if day < timezone.now().date():
            raise forms.ValidationError("Choose today or a later day.")
        return datetime.combine(day, time.max, tzinfo=UTC)


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    """The team: who may sign in, and what they may do."""

    list_title = "Team"
    purpose = "Who may sign in to the Portal of your organisation, and with which role."
    list_display = ("name", "email", "role", "since")
    since = moment_column("created_at", "Member since")
    list_display_links = None
    list_select_related = ("user",)
    search_fields = ("user__email__istartswith", "user__name__istartswith")
    search_help_text = "First letters of the name or e-mail address"
    ordering = ("created_at", "id")

    @admin.display(description="Name", ordering="user__name")
    def name(self, member: Member) -> str:
        return str(member.user)

    @admin.display(description="E-mail", ordering="user__email")
    def email(self, member: Member) -> str:
        return member.user.email


@admin.register(ApiKey)
class ApiKeyAdmin(TenantModelAdmin):
    """API keys: made, shown once, revoked."""

    view_right = add_right = change_right = Right.CHANGE_SETTINGS
    list_title = "API keys"
    purpose = "Keys by which your own software uses the API. A key is shown once, when it is made."
    empty_title = "No API keys yet"
    empty_text = "Make one to use the API from your own software."
    add_label = "New API key"
    list_display = (
        "name",
        "prefix_shown",
        "scopes_shown",
        "state",
        "created",
        "last_used",
        "expires",
        "revoke",
    )
    created = moment_column("created_at", "Created")
    last_used = moment_column("last_used_at", "Last used")
    expires = moment_column("expires_at", "Expires")
    list_display_links = None
    ordering = ("-created_at", "id")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Begins with")
    def prefix_shown(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @admin.display(description="Scopes")
    def scopes_shown(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="State")
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return pill("unlinked", "Revoked")
        is_over = key.expires_at is not None and key.expires_at <= timezone.now()
        return pill("unlinked", "Expired") if is_over else pill("linked", "Active")

    @admin.display(description="Revoke")
    def revoke(self, key: ApiKey) -> str:
        if key.revoked_at:
            return moment(key.revoked_at)
        url = reverse("admin:api-key-revoke", args=[key.pk])
        return format_html(
            '<a class="tb-link" href="{}">Revoke<span class="tb-hidden"> {}</span></a>', url, key.name
        )

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [path("<uuid:pk>/revoke/", revoke, name="api-key-revoke"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the list: a key has no page, for there is nothing to see."""
        require(request, self.view_right)
        return redirect("admin:companies_apikey_changelist")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Make a key and show it, this once."""
        require(request, self.add_right)
        form, secret = ApiKeyForm(request.POST or None), ""
        if request.method == "POST" and form.is_valid():
            try:
                _, secret = api_key_create(**form.cleaned_data, actor=actor(request))
            except TooManyKeys as refused:
                form.add_error("name", str(refused))
        return page(
            request,
            "portal/api_key.html",
            title="New API key",
            purpose="Give it the name of the software that will use it, and no more than it needs.",
            crumbs=[("API keys", reverse("admin:companies_apikey_changelist"))],
            form=form,
            secret=secret,
        )

    def revoke_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Stop a key from working, once that is confirmed."""
        require(request, self.change_right)
        key = self.get_object(request, str(pk))
        if key is None or key.revoked_at:
            raise Http404("No such key")
        back = reverse("admin:companies_apikey_changelist")
        if request.method == "POST":
            api_key_revoke(api_key=key, actor=actor(request))
            messages.success(request, f"The key {key.name} was revoked.")
            return redirect(back)
        return confirmation(
            request,
            title=f"Revoke the key {key.name}",
            consequences=[
                "Software that uses this key is refused from its next request on.",
                "A revoked key can't be brought back; make a new one instead.",
            ],
            button="Revoke",
            back=back,
            crumbs=[("API keys", back)],
        )


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit trail."""

    view_right = Right.CHANGE_SETTINGS
    list_title = "Audit trail"
    purpose = "Who did what, when and from where. Entries can't be changed or removed."
    list_display = ("time", "actor", "action", "subject", "details_shown", "ip_address")
    list_display_links = None
    search_fields = ("actor__exact", "action__startswith", "subject__exact")
    search_help_text = "Who, action, or ID"
    ordering = ("-at", "-id")
    time = moment_column("at", "Time")
    fields: ClassVar[list[str]] = ["at", "actor", "action", "subject", "details", "ip_address"]

    @admin.display(description="Details")
    def details_shown(self, event: AuditEvent) -> str:
        return ", ".join(f"{name}: {value}" for name, value in event.details.items())
