"""URLs of the pages on which an invited operator signs up."""

from __future__ import annotations

from django.urls import path

from companies import views

app_name = "companies"
urlpatterns = [path("<str:token>/", views.sign_up, name="sign-up")]
