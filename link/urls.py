"""URLs of Link, the pages on which an SMB customer connects."""

from __future__ import annotations

from django.urls import path

from link import views

app_name = "link"
urlpatterns = [
    path("<str:token>/", views.start, name="start"),
    path("<str:token>/<uuid:connection_id>/", views.consent, name="consent"),
    path("<str:token>/<uuid:connection_id>/credentials/", views.credentials, name="credentials"),
    path("<str:token>/<uuid:connection_id>/check/<uuid:check_id>/", views.check, name="check"),
    path(
        "<str:token>/<uuid:connection_id>/check/<uuid:check_id>/status.json",
        views.check_status,
        name="check-status",
    ),
    path("<str:token>/<uuid:connection_id>/done/", views.done, name="done"),
    path("<str:token>/<uuid:connection_id>/finish/", views.finish, name="finish"),
]
