"""The operator's pages that span apps."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.contrib.admin import sites


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django admin with our site in the place of the default one."""

    default = False
    default_site = "portal.site.PortalSite"

    def ready(self) -> None:
        # The theme's app config has put its own site in the place of the default one, which is ours.
        admin.site = sites.site = sites.DefaultAdminSite()
        super().ready()


class PortalConfig(AppConfig):
    """The Portal."""

    name = "portal"
    verbose_name = "Portal"
    default = True
