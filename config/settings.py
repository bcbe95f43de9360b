"""All settings of Tributary, read from the environment; a missing or odd value stops the start.

README.md, "Deploying", lists every variable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from config.logging import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# First key encrypts, all decrypt; see `manage.py rotate_fernet_keys`.
FERNET_KEYS = env.list("FERNET_KEYS")
if not FERNET_KEYS or not all(FERNET_KEYS):
    raise ImproperlyConfigured("FERNET_KEYS must name at least one key: credentials are encrypted with it.")

# ---------------------------------------------------------------- where we are served
BASE_URL = env.str("BASE_URL").rstrip("/")
_base = urlsplit(BASE_URL)
IS_HTTPS = _base.scheme == "https"
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
if not DEBUG and not IS_HTTPS and _base.hostname not in LOOPBACK_HOSTS:
    raise ImproperlyConfigured(f"BASE_URL must be https:// outside this machine, not {BASE_URL!r}.")
# How many proxies stand before us and add to X-Forwarded-For; 0 believes no such header.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_base.hostname or ""])
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

# ---------------------------------------------------------------- apps
INSTALLED_APPS = [
    # Not the theme's default config, which would put its own site in the place of ours.
    "unfold.apps.BasicAppConfig",
    "portal.apps.PortalAdminConfig",
    "portal",
    "link",
    "integrations",
    "billing",
    "companies",
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "config.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RequestIdMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.TextMiddleware",
    "config.middleware.ValkeyDownMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "companies.middleware.TenantMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ---------------------------------------------------------------- PostgreSQL and Valkey
# The app role neither owns tables nor may it skip row-level security; only `release` uses the owner.
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url("DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = env.db_url("DATABASE_OWNER_URL")
for _database in DATABASES.values():
    if not _database["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must point to PostgreSQL: row-level security needs it.")
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60
APP_DATABASE_ROLE = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "companies.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_VERBOSE = False
# The form's field, whatever the user model calls it; without it nobody is counted by name, and nobody locked out.
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "companies.sign_in.attempted_name"
AXES_LOCKOUT_TEMPLATE = "companies/locked_out.html"
# The page says how long to wait, so a try in the meantime doesn't prolong it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False

# ---------------------------------------------------------------- e-mail
_email = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"Tributary <no-reply@{_base.hostname}>")

# ---------------------------------------------------------------- language, time, files
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False

# ---------------------------------------------------------------- Celery
# Longer than the longest task and the longest countdown, or a message is delivered twice.
CELERY_VISIBILITY_TIMEOUT = 900
CELERY = {
    "broker_url": REDIS_URL,
    "broker_transport_options": {
        "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
        # The queues in the order in which the worker names them: checks first.
        "queue_order_strategy": "priority",
    },
    "broker_connection_retry_on_startup": True,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    # A slice of a sync ends within this, so that a stopped worker leaves nothing half done.
    "worker_soft_shutdown_timeout": 25,
    "worker_hijack_root_logger": False,
    "task_soft_time_limit": 600,
    "task_time_limit": 660,
    "task_serializer": "json",
    "accept_content": ["json"],
    "timezone": "UTC",
    # Valkey sorts the work: key checks are waited for by a person, syncs are not.
    "task_default_queue": "celery",
    "task_routes": {"integrations.tasks.*check*": {"queue": "checks"}},
    "beat_schedule": {
        "dispatch-due-syncs": {"task": "integrations.tasks.dispatch_due_syncs", "schedule": 10.0},
        "resume-lost-checks": {"task": "integrations.tasks.resume_lost_checks", "schedule": 60.0},
        "forget-old-requests": {"task": "integrations.tasks.forget_old_requests", "schedule": 3600.0},
        "note-stale-connections": {
            "task": "integrations.tasks.note_stale_connections",
            "schedule": 600.0,
        },
        "count-usage": {"task": "integrations.tasks.count_usage", "schedule": 600.0},
        "dispatch-due-webhooks": {"task": "companies.tasks.dispatch_due_webhooks", "schedule": 10.0},
        "forget-old-webhooks": {"task": "companies.tasks.forget_old_webhooks", "schedule": 3600.0},
        "send-emails": {"task": "companies.tasks.send_emails", "schedule": 30.0},
        "purge-deleted": {"task": "portal.tasks.purge_deleted", "schedule": 30.0},
        "collect-bodies": {"task": "billing.tasks.collect_bodies", "schedule": 3600.0},
    },
}

# ---------------------------------------------------------------- integrations
# One line per vendor; everything else of a vendor stands in its folder.
CONNECTORS = {
    "rkgp": "integrations.connectors.chargify.ChargifyConnector",
    "xwsy": "integrations.connectors.chargebee.ChargebeeConnector",
}
CHARGIFY_US_URL = env.str("CHARGIFY_US_URL", default="https://{site}.chargify.com")
CHARGIFY_EU_URL = env.str("CHARGIFY_EU_URL", default="https://{site}.ebilling.maxio.com")
# For tests and simulators: lets the two URLs above be plain http or a private address.
ALLOW_INSECURE_VENDOR_URL = env.bool("ALLOW_INSECURE_VENDOR_URL", default=DEBUG)

# ---------------------------------------------------------------- webhooks out
# For tests and demonstrations on one machine: lets webhooks go to plain http and to private addresses.
ALLOW_INSECURE_WEBHOOK_URL = env.bool("ALLOW_INSECURE_WEBHOOK_URL", default=DEBUG)

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["companies.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "companies.api.scopes.HasScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.AnyJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.paging.PageNumberPaging",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tributary API",
    "DESCRIPTION": "Recurring-billing data of your customers' billing accounts, read with their consent.",
    "VERSION": "1.0",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"ConnectionStatusEnum": "companies.models.Connection.Status"},
}

# ---------------------------------------------------------------- logs and metrics
LOGGING = logging_config(json=not DEBUG)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured(
        "METRICS_TOKEN must have 20 or more characters: it is all that guards /metrics."
    )

# ---------------------------------------------------------------- the Portal's look
UNFOLD = {
    "SITE_TITLE": "Tributary",
    "SITE_HEADER": "Tributary",
    "SITE_SUBHEADER": "Recurring billing data, handed over clean",
    "SITE_SYMBOL": "water",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "portal.dashboard.dashboard_context",
    "STYLES": ["portal.site.stylesheet"],
    "SCRIPTS": ["portal.site.script"],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": "portal.site.navigation"},
}
