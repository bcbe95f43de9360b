"""URLs of Link, the pages on which an SMB customer connects."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "link"
urlpatterns: list[URLPattern] = []
