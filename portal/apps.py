"""The operator's pages that span apps."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django admin with our site in the place of the default one."""

    default = False
    default_site = "portal.site.PortalSite"


class PortalConfig(AppConfig):
    """The Portal."""

    name = "portal"
    verbose_name = "Portal"
    default = True
