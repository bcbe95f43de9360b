"""Row-level security as migration operations, and the app role's rights.

The owner (who migrates) is subject to FORCE like everybody, and gets a policy of its own instead of BYPASSRLS, which
hosted PostgreSQL often refuses; the app role has the tenant policy alone, and no setting opens it further.
"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connections, migrations

_ENABLE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON {table}
    USING ({column} = nullif(current_setting('app.operator_id', true), '')::uuid)
    WITH CHECK ({column} = nullif(current_setting('app.operator_id', true), '')::uuid);
CREATE POLICY owner_maintenance ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
"""
_DISABLE = """
DROP POLICY owner_maintenance ON {table};
DROP POLICY tenant_isolation ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def enable_row_level_security(table: str, column: str = "operator_id") -> migrations.RunSQL:
    """Return the migration operation that puts a table under the tenant policy."""
    return migrations.RunSQL(
        _ENABLE.format(table=table, column=column), _DISABLE.format(table=table), elidable=False
    )


def definer_function(name: str, arguments: str, returns: str, body: str) -> migrations.RunSQL:
    """Return the operation for a function that finds ids before the tenant is known, run with the owner's sight."""
    create = f"""
        CREATE FUNCTION {name}({arguments}) RETURNS {returns}
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$ {body} $body$;
        REVOKE ALL ON FUNCTION {name} FROM PUBLIC;
    """
    return migrations.RunSQL(create, f"DROP FUNCTION {name}")


def grant_to_app_role(*, using: str) -> None:
    """Let the app role use every table, sequence and function; append-only tables it may only read and extend."""
    role = settings.APP_DATABASE_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        cursor.execute(
            f"""
            GRANT USAGE ON SCHEMA public TO "{role}";
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}";
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}";
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{role}";
            REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM "{role}";
            """
        )
        for model in apps.get_models():
            if getattr(model, "append_only", False):
                cursor.execute(f'REVOKE UPDATE, DELETE ON {model._meta.db_table} FROM "{role}"')
