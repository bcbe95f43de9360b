"""URLs of the pages on which an invited operator signs up."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "companies"
urlpatterns: list[URLPattern] = []
