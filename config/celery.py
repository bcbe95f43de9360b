"""The Celery application; its settings stand in `settings.CELERY`."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tributary")
# Lazily, so that importing this package needs no environment.
app.add_defaults(lambda: settings.CELERY)
app.autodiscover_tasks()
