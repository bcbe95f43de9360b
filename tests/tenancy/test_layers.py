"""Both layers keep the tenants apart alone: with one switched off, the other still holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, connections, models, transaction

from companies.models import Company, Operator
from config.tenancy import NoTenant, TenantManager, TenantModel, current_operator_id, tenant_context
from tests.conftest import Tenant

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
names = {model: model._meta.label_lower for model in TENANT_MODELS}


@contextmanager
def code_scope_removed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every manager return all rows, as if somebody had forgotten the scope."""
    with monkeypatch.context() as patch:
        patch.setattr(TenantManager, "get_queryset", lambda self: models.Manager.get_queryset(self))
        yield


@pytest.fixture
def policies_off(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Work as the tables' owner, whose own policy shows it every row: as if the app's policies had been dropped."""
    app, owner = connections["default"], connections["owner"]
    login = {key: app.settings_dict[key] for key in ("USER", "PASSWORD")}
    with django_db_blocker.unblock():
        app.close()
        app.settings_dict.update({key: owner.settings_dict[key] for key in login})
        yield
        app.close()
        app.settings_dict.update(login)


class TestCodeScope:
    @pytest.mark.parametrize("model", TENANT_MODELS, ids=names.values())
    def test_fails_closed_outside_a_tenant(self, model: type[TenantModel]) -> None:
        with pytest.raises(NoTenant):
            model._default_manager.count()
        with pytest.raises(NoTenant):
            model._base_manager.count()

    def test_operators_fail_closed_too(self) -> None:
        with pytest.raises(NoTenant):
            Operator.objects.count()

    def test_shows_the_own_rows_alone(self, northwind: Tenant, southbank: Tenant) -> None:
        northwind.company("Corner Bakery")
        southbank.company("Harbour Cafe")
        with tenant_context(northwind.operator.id):
            assert [company.name for company in Company.objects.all()] == ["Corner Bakery"]
            assert [operator.name for operator in Operator.objects.all()] == ["Northwind Lending"]

    def test_what_runs_on_commit_stands_outside(self, django_db_setup: None, django_db_blocker: Any) -> None:
        """Else it would be inside for the code and outside for the database, and see nothing."""
        seen: list[str] = []

        def look() -> None:
            try:
                current_operator_id()
            except NoTenant:
                seen.append("outside")

        with django_db_blocker.unblock(), tenant_context(uuid.uuid4()):
            transaction.on_commit(look)
        assert seen == ["outside"]

    def test_another_tenant_can_not_be_entered_inside(self, northwind: Tenant, southbank: Tenant) -> None:
        inside = tenant_context(southbank.operator.id)
        with (
            tenant_context(northwind.operator.id),
            pytest.raises(RuntimeError, match="another operator"),
            inside,
        ):
            pass


@pytest.mark.django_db
class TestRowLevelSecurity:
    @pytest.mark.parametrize("model", [*TENANT_MODELS, Operator], ids=[*names.values(), "companies.operator"])
    def test_every_tenant_table_is_forced_under_its_policy(self, model: type[models.Model]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s",
                [model._meta.db_table],
            )
            assert cursor.fetchone() == (True, True)
            cursor.execute(
                "SELECT policyname, roles::text, qual FROM pg_policies WHERE tablename = %s",
                [model._meta.db_table],
            )
            policies = {name: (roles, qual) for name, roles, qual in cursor.fetchall()}
        assert set(policies) == {"tenant_isolation", "owner_maintenance"}
        assert policies["owner_maintenance"][0] == "{tributary_owner}"
        assert "app.operator_id" in policies["tenant_isolation"][1]

    def test_the_app_role_is_held_by_it(self) -> None:
        from config.checks import app_role_problem

        assert app_role_problem() is None

    def test_a_forgotten_scope_shows_nothing_of_another_tenant(
        self, northwind: Tenant, southbank: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        northwind.company("Corner Bakery")
        with code_scope_removed(monkeypatch), tenant_context(southbank.operator.id):
            assert Company.with_deleted.count() == 0

    def test_a_forgotten_tenant_shows_nothing_at_all(
        self, northwind: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        northwind.company("Corner Bakery")
        with code_scope_removed(monkeypatch):
            assert Company.with_deleted.count() == 0

    def test_rows_of_another_tenant_can_not_be_written(self, northwind: Tenant, southbank: Tenant) -> None:
        with (
            tenant_context(northwind.operator.id),
            pytest.raises(ProgrammingError, match="row-level security"),
        ):
            Company.objects.create(operator_id=southbank.operator.id, name="Planted")

    def test_rows_of_another_tenant_can_not_be_changed_or_deleted(
        self, northwind: Tenant, southbank: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        company = northwind.company("Corner Bakery")
        with code_scope_removed(monkeypatch), tenant_context(southbank.operator.id):
            assert Company.with_deleted.filter(pk=company.pk).update(name="Taken") == 0
            assert Company.with_deleted.filter(pk=company.pk).delete()[0] == 0

    def test_the_setting_is_gone_after_the_context(self, northwind: Tenant) -> None:
        with tenant_context(northwind.operator.id):
            pass
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.operator_id', true)")
            assert not cursor.fetchone()[0]

    def test_a_leaked_setting_is_refused(self, northwind: Tenant) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.operator_id', %s, true)", [str(uuid.uuid4())])
        with pytest.raises(RuntimeError, match="leaked"), tenant_context(northwind.operator.id):
            pass

    def test_functions_with_the_owners_sight_find_nothing_of_the_callers(self, db: None) -> None:
        query = (
            "SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            found = dict(cursor.fetchall())
        assert len(found) > 5
        # Unless it is named, the caller's temporary schema comes first.
        assert set(map(tuple, found.values())) == {("search_path=pg_catalog, public, pg_temp",)}

    def test_the_app_role_can_not_lift_it(self) -> None:
        with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="must be owner"):
            cursor.execute("ALTER TABLE companies_company DISABLE ROW LEVEL SECURITY")


class TestCodeScopeAlone:
    """With the policies gone, the code still keeps the tenants apart."""

    def test_the_scope_still_holds(self, policies_off: None, northwind: Tenant, southbank: Tenant) -> None:
        northwind.company("Corner Bakery")
        with tenant_context(southbank.operator.id):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM companies_company")
                assert cursor.fetchone()[0] == 1  # the database shows it …
            assert Company.objects.count() == 0  # … and the code does not
            assert Company._base_manager.count() == 0

    def test_pages_and_api_still_hold(self, policies_off: None, northwind: Tenant, southbank: Tenant) -> None:
        company = northwind.company("Corner Bakery")
        assert southbank.api().get("/companies").json()["totalResults"] == 0
        assert southbank.api().get(f"/companies/{company.pk}").status_code == 404
        page = southbank.portal().get("/admin/companies/company/")
        assert page.status_code == 200
        assert "Corner Bakery" not in page.content.decode()


def test_the_test_database_has_both_roles() -> None:
    assert connections["default"].settings_dict["USER"] != connections["owner"].settings_dict["USER"]
