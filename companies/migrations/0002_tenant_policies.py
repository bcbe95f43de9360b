"""The tenant policies of companies."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function, enable_row_level_security


class Migration(migrations.Migration):
    """Put the tables under row-level security and add the look-ups that come before the tenant is known."""

    dependencies = [("companies", "0001_initial")]

    operations = [
        enable_row_level_security("companies_operator", column="id"),
        enable_row_level_security("companies_member"),
        enable_row_level_security("companies_company"),
        enable_row_level_security("companies_linkurl"),
        enable_row_level_security("companies_connection"),
        enable_row_level_security("companies_connectionevent"),
        enable_row_level_security("companies_consent"),
        enable_row_level_security("companies_apikey"),
        enable_row_level_security("companies_auditevent"),
        definer_function(
            "operator_of_user",
            "wanted bigint",
            "uuid",
            "SELECT operator_id FROM companies_member WHERE user_id = wanted ORDER BY id LIMIT 1",
        ),
        definer_function(
            "operator_of_api_key",
            "wanted text",
            "uuid",
            "SELECT operator_id FROM companies_apikey WHERE prefix = wanted AND revoked_at IS NULL",
        ),
        definer_function(
            "operator_of_link_url",
            "wanted uuid",
            "uuid",
            "SELECT operator_id FROM companies_linkurl WHERE id = wanted",
        ),
        definer_function(
            "operator_of_company",
            "wanted uuid",
            "uuid",
            "SELECT operator_id FROM companies_company WHERE id = wanted AND deleted_at IS NULL",
        ),
        definer_function(
            "operator_of_connection",
            "wanted uuid",
            "uuid",
            "SELECT operator_id FROM companies_connection WHERE id = wanted",
        ),
        definer_function(
            "operators_to_purge",
            "",
            "SETOF uuid",
            "SELECT operator_id FROM companies_company WHERE deleted_at IS NOT NULL UNION SELECT operator_id FROM companies_connection WHERE deleted_at IS NOT NULL",
        ),
    ]
