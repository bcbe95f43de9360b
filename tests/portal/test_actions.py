"""What can be done in the Portal, by whom, and what it leaves behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from companies.link_urls import company_link_url
from companies.models import ApiKey, AuditEvent, Company, Connection, LinkUrl, Scope, User
from companies.roles import Role
from config.tenancy import tenant_context
from integrations.models import IntegrationSetting, Sync
from tests.conftest import PASSWORD, Tenant
from tests.portal.conftest import World, make_connection, make_sync, sign_in

SWITCH = "/admin/integrations/commerce/switch/rkgp/"
LIST = "/admin/companies/company/"
ADD = f"{LIST}add/"
AS_JSON = {"accept": "application/json"}


def audited(tenant: Tenant, action: str) -> list[AuditEvent]:
    with tenant_context(tenant.operator.id):
        return list(AuditEvent.objects.filter(action=action))


def is_enabled(tenant: Tenant) -> bool:
    with tenant_context(tenant.operator.id):
        return IntegrationSetting.objects.filter(platform_key="rkgp", enabled=True).exists()


def page_of(company: Company) -> str:
    return f"{LIST}{company.pk}/change/"


def action_of(connection: Connection, action: str) -> str:
    return f"{LIST}{connection.company_id}/connections/{connection.pk}/{action}/"


class TestSigningIn:
    def test_a_member_signs_in(self, northwind: Tenant, client: Client) -> None:
        form = {"username": northwind.user.email, "password": PASSWORD}
        response = client.post("/admin/login/?next=/admin/", form, follow=True)
        assert b"Companies by status" in response.content

    def test_a_wrong_password_is_refused(self, northwind: Tenant, client: Client) -> None:
        form = {"username": northwind.user.email, "password": "wrong"}
        assert b"Please enter" in client.post("/admin/login/", form).content

    def test_strangers_are_asked_to_sign_in(self, client: Client, db: None) -> None:
        assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
        assert client.post(SWITCH, {"enabled": "true"}).headers["Location"].startswith("/admin/login/")

    def test_who_belongs_to_no_operator_is_told_so_and_can_sign_out(self, client: Client, db: None) -> None:
        user = User.objects.create_user(email="dave@example.org", password=PASSWORD, is_superuser=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        response = client.get("/admin/", follow=True)
        assert response.status_code == 403
        assert b"member of no organisation" in response.content
        assert b'id="login-form"' in client.post("/admin/login/", follow=True).content


class TestSwitch:
    def test_it_takes_effect_at_once_and_is_audited(self, northwind: Tenant, portal: Client) -> None:
        response = portal.post(SWITCH, {"enabled": "true"}, headers=AS_JSON)
        assert response.json() == {"enabled": True, "state": "Switched on"}
        assert is_enabled(northwind)
        assert audited(northwind, "integration.enabled")[0].actor == "alice@example.org"
        portal.post(SWITCH, {"enabled": "false"}, headers=AS_JSON)
        assert not is_enabled(northwind)

    @pytest.mark.parametrize(("page", "path"), [("list", "commerce/"), ("manage", "commerce/manage/rkgp/")])
    def test_it_works_without_javascript(
        self, northwind: Tenant, portal: Client, page: str, path: str
    ) -> None:
        response = portal.post(SWITCH, {"enabled": "true", "from": page})
        assert response.headers["Location"] == f"/admin/integrations/{path}"
        assert 'aria-checked="true"' in portal.get(response.headers["Location"]).content.decode()

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.ADVISOR, Role.ONBOARDING])
    def test_others_see_it_disabled_with_the_reason(self, northwind: Tenant, role: Role) -> None:
        client = sign_in(northwind, role)
        assert client.post(SWITCH, {"enabled": "true"}).status_code == 403
        assert not is_enabled(northwind)
        content = client.get("/admin/integrations/commerce/").content.decode()
        assert 'disabled aria-describedby="why-rkgp"' in content
        assert "Only administrators and developers" in content

    def test_a_preview_is_off_and_called_one(self, northwind: Tenant, portal: Client) -> None:
        portal.post(SWITCH, {"enabled": "true"})
        content = portal.get("/admin/integrations/commerce/").content.decode()
        assert 'Chargebee <span class="tb-pill">Preview</span>' in content
        assert (content.count("Preview</span>"), content.count('aria-checked="false"')) == (1, 1)

    def test_a_get_switches_nothing(self, northwind: Tenant, portal: Client) -> None:
        assert portal.get(SWITCH, {"enabled": "true"}).status_code == 405

    def test_a_forged_request_switches_nothing(self, northwind: Tenant) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(northwind.user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(SWITCH, {"enabled": "true"}).status_code == 403
        assert not is_enabled(northwind)

    def test_the_settings_page_shows_key_and_permissions_text(
        self, portal: Client, northwind: Tenant
    ) -> None:
        content = portal.get("/admin/integrations/commerce/manage/rkgp/").content.decode()
        assert 'value="rkgp"' in content
        assert "No global credentials are needed." in content
        assert "Northwind Lending asks to read the Chargify billing data of Corner Bakery." in content


class TestNewCompany:
    def test_the_dialog_gets_the_link_url(self, northwind: Tenant, portal: Client) -> None:
        response = portal.post(ADD, {"name": "Corner Bakery"}, headers=AS_JSON)
        assert response.status_code == 201
        with tenant_context(northwind.operator.id):
            company = Company.objects.get(name="Corner Bakery")
            assert response.json()["link_url"] == company_link_url(company)
            assert company.created_by == "alice@example.org"

    @pytest.mark.parametrize("name", ["Bakery <b>", "  ", "x" * 201, "Café"])
    def test_a_refused_name_is_said_and_kept(self, northwind: Tenant, portal: Client, name: str) -> None:
        answer = portal.post(ADD, {"name": name}, headers=AS_JSON)
        assert answer.status_code == 400
        assert answer.json()["error"]
        page = portal.post(ADD, {"name": name})
        assert page.context["name"] == name
        assert answer.json()["error"] in page.context["error"]
        with tenant_context(northwind.operator.id):
            assert not Company.objects.exists()

    def test_a_refused_character_is_named(self, portal: Client) -> None:
        error = portal.post(ADD, {"name": "Bakery [1]"}, headers=AS_JSON).json()["error"]
        assert error.startswith("A company name can't contain [ ]")

    def test_it_works_without_javascript(self, portal: Client) -> None:
        response = portal.post(ADD, {"name": "Corner Bakery"}, follow=True)
        assert b"Link URL" in response.content
        assert b"/link/" in response.content


class TestCompanyPage:
    def test_it_is_renamed(self, world: World, portal: Client) -> None:
        portal.post(page_of(world.company), {"name": "Main St. Bakery", "description": "Bread"})
        with tenant_context(world.tenant.operator.id):
            company = Company.objects.get()
        assert (company.name, company.description) == ("Main St. Bakery", "Bread")

    def test_a_refused_name_stays_in_the_form_alone(self, world: World, portal: Client) -> None:
        response = portal.post(page_of(world.company), {"name": "Bakery #1", "description": ""})
        assert response.context["title"] == "Corner Bakery"
        assert response.context["name"] == "Bakery #1"
        assert "contain #" in response.context["error"]

    def test_a_new_link_url_revokes_the_one_before(self, world: World, portal: Client) -> None:
        path = f"{LIST}{world.company.pk}/link-url/issue/"
        before = portal.get(page_of(world.company)).context["link_url"]
        assert b"stops working" in portal.get(path).content
        portal.post(path)
        after = portal.get(page_of(world.company)).context["link_url"]
        assert after != before
        with tenant_context(world.tenant.operator.id):
            assert LinkUrl.objects.filter(revoked_at=None).count() == 1

    def test_a_revoked_link_url_is_gone(self, world: World, portal: Client) -> None:
        portal.post(f"{LIST}{world.company.pk}/link-url/revoke/")
        content = portal.get(page_of(world.company)).content
        assert b"The Link URL was revoked, so nobody can connect" in content

    def test_deleting_asks_first_and_says_what_goes(self, world: World, portal: Client) -> None:
        path = f"{LIST}{world.company.pk}/delete/"
        assert b"Its 1 connection" in portal.get(path).content
        assert portal.get(page_of(world.company)).status_code == 200
        portal.post(path)
        assert portal.get(page_of(world.company)).status_code == 302
        assert b"Corner Bakery was deleted" in portal.get(LIST).content
        assert b"Corner Bakery" not in portal.get("/admin/billing/customer/").content

    @pytest.mark.parametrize("role", [Role.ONBOARDING, Role.ADVISOR])
    def test_deleting_needs_the_right(self, world: World, role: Role) -> None:
        client = sign_in(world.tenant, role)
        assert client.post(f"{LIST}{world.company.pk}/delete/").status_code == 403
        assert b"Delete company" not in client.get(page_of(world.company)).content
        with tenant_context(world.tenant.operator.id):
            assert Company.objects.exists()

    def test_the_fragment_refreshes_fast_only_while_a_sync_runs(self, world: World, portal: Client) -> None:
        fragment = f"{LIST}{world.company.pk}/activity/"
        assert b'data-seconds="10"' in portal.get(fragment).content
        with tenant_context(world.tenant.operator.id):
            make_sync(world.connection, status="running")
        content = portal.get(fragment).content.decode()
        assert 'data-seconds="2"' in content
        assert "3 of 12" in content
        assert "<html" not in content

    def test_a_failed_sync_says_why(self, world: World, portal: Client) -> None:
        with tenant_context(world.tenant.operator.id):
            make_sync(world.connection, status="failed", problem="wrong_key")
            Connection.objects.update(sync_state="failed")
        for path in (page_of(world.company), "/admin/"):
            assert b"The vendor refused the API key" in portal.get(path).content


class TestConnectionActions:
    def test_sync_now(self, world: World, portal: Client) -> None:
        portal.post(action_of(world.connection, "sync"))
        with tenant_context(world.tenant.operator.id):
            assert Sync.objects.get(status="queued").requested_by == "alice@example.org"

    def test_sync_now_of_an_unlinked_connection_says_why_not(self, world: World, portal: Client) -> None:
        with tenant_context(world.tenant.operator.id):
            pending = make_connection(world.company, status="PendingAuth", account_id="")
        response = portal.post(action_of(pending, "sync"), follow=True)
        assert b"Only a linked connection can be synced" in response.content

    def test_unlink(self, world: World, portal: Client) -> None:
        path = action_of(world.connection, "unlink")
        assert b"Nothing more is read" in portal.get(path).content
        portal.post(path)
        with tenant_context(world.tenant.operator.id):
            assert Connection.objects.get().status == "Unlinked"
        assert b"Only a linked connection" in portal.post(path, follow=True).content

    def test_delete(self, world: World, portal: Client) -> None:
        path = action_of(world.connection, "delete")
        assert b"raw bodies and history" in portal.get(path).content
        portal.post(path)
        assert b"Nothing connected yet" in portal.get(page_of(world.company)).content

    @pytest.mark.parametrize(
        ("role", "action", "expected"),
        [
            (Role.ONBOARDING, "sync", 403),
            (Role.ADVISOR, "sync", 302),
            (Role.ANALYST, "unlink", 403),
            (Role.ANALYST, "delete", 403),
            (Role.DEVELOPER, "unlink", 302),
            (Role.DEVELOPER, "delete", 302),
        ],
    )
    def test_rights(self, world: World, role: Role, action: str, expected: int) -> None:
        client = sign_in(world.tenant, role)
        assert client.post(action_of(world.connection, action)).status_code == expected

    def test_a_get_syncs_nothing(self, world: World, portal: Client) -> None:
        assert portal.get(action_of(world.connection, "sync")).status_code == 405


class TestApiKeys:
    ADD = "/admin/companies/apikey/add/"

    def test_a_key_is_shown_once_and_works(self, northwind: Tenant, portal: Client) -> None:
        response = portal.post(self.ADD, {"name": "warehouse", "scopes": Scope.values})
        secret = response.context["secret"]
        assert secret.encode() in response.content
        listing = portal.get("/admin/companies/apikey/").content
        assert b"warehouse" in listing
        assert secret.encode() not in listing

    @pytest.mark.parametrize("name", ["", "x" * 51])
    def test_a_bad_name_is_refused(self, portal: Client, name: str) -> None:
        response = portal.post(self.ADD, {"name": name, "scopes": Scope.values})
        assert response.context["form"].errors.keys() == {"name"}
        assert not response.context["secret"]

    def test_scopes_and_the_last_day_are_chosen(self, northwind: Tenant, portal: Client) -> None:
        page = portal.get(self.ADD).content.decode()
        assert page.count("checked") == len(Scope.values)
        chosen = {"name": "reports", "scopes": ["read", "proxy"], "expires_at": "2099-12-31"}
        assert portal.post(self.ADD, chosen).context["secret"]
        with tenant_context(northwind.operator.id):
            key = ApiKey.objects.get(name="reports")
        assert key.scopes == ["read", "proxy"]
        assert f"{key.expires_at:%Y-%m-%dT%H:%M:%S}" == "2099-12-31T23:59:59"
        assert "read, proxy" in portal.get("/admin/companies/apikey/").content.decode()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("scopes", []),
            ("scopes", ["everything"]),
            ("expires_at", "2001-01-01"),
            ("expires_at", "soon"),
            ("expires_at", "9999-99-99"),
        ],
    )
    def test_odd_choices_are_refused(self, portal: Client, field: str, value: Any) -> None:
        response = portal.post(self.ADD, {"name": "x", "scopes": ["read"], field: value})
        assert response.context["form"].errors.keys() == {field}
        assert not response.context["secret"]

    def test_an_expired_key_is_shown_as_such(self, northwind: Tenant, portal: Client) -> None:
        with tenant_context(northwind.operator.id):
            ApiKey.objects.update(expires_at=timezone.now())
        assert b"Expired" in portal.get("/admin/companies/apikey/").content

    def test_the_eleventh_is_refused(self, northwind: Tenant, portal: Client) -> None:
        for number in range(10):
            response = portal.post(self.ADD, {"name": f"key {number}", "scopes": ["read"]})
        assert b"delete one first" in response.content

    def test_a_key_is_revoked(self, northwind: Tenant, portal: Client) -> None:
        with tenant_context(northwind.operator.id):
            key = ApiKey.objects.get()
        path = f"/admin/companies/apikey/{key.pk}/revoke/"
        assert b"refused from its next request" in portal.get(path).content
        portal.post(path)
        with tenant_context(northwind.operator.id):
            assert ApiKey.objects.get().revoked_at
        assert portal.post(path).status_code == 404

    @pytest.mark.parametrize("path", ["", "add/"])
    def test_others_may_not(self, bob: Client, path: str) -> None:
        assert bob.get(f"/admin/companies/apikey/{path}").status_code == 403


def test_the_audit_trail_is_for_settings_people(world: World, portal: Client, bob: Client) -> None:
    portal.post(SWITCH, {"enabled": "true"})
    assert b"integration.enabled" in portal.get("/admin/companies/auditevent/").content
    assert bob.get("/admin/companies/auditevent/").status_code == 403


def test_nothing_goes_to_djangos_own_log(world: World, portal: Client) -> None:
    portal.post(ADD, {"name": "Corner Bakery"})
    portal.post(page_of(world.company), {"name": "Bakery", "description": ""})
    portal.post(f"{LIST}{world.company.pk}/delete/")
    model_admin: Any = admin.site._registry[Company]
    for log in (model_admin.log_addition, model_admin.log_change, model_admin.log_deletions):
        log(None, world.company, "message")
    assert not LogEntry.objects.exists()


def test_the_dashboard_leads_a_newcomer(southbank: Tenant) -> None:
    content = southbank.portal().get("/admin/").content.decode()
    assert "First steps" in content
    assert "Switch on an integration" in content


def test_the_dashboard_counts_companies_by_status(world: World, portal: Client) -> None:
    with tenant_context(world.tenant.operator.id):
        make_connection(world.company)
        make_connection(world.company, status="Deauthorized")
    counts: list[dict[str, Any]] = portal.get("/admin/").context["counts"]
    assert {one["status"]: one["companies"] for one in counts} == {
        "PendingAuth": 0,
        "Linked": 1,
        "Deauthorized": 1,
        "Unlinked": 0,
        "none": 0,
    }
    assert b"Ask your customer to open the Link URL again" in portal.get("/admin/").content
    assert json.dumps(counts)
