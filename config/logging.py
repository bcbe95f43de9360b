"""How log lines look: JSON in production, coloured text for a person in development."""

from __future__ import annotations

import re
from typing import Any

import structlog

# Who knows the token of a Link or sign-up page may use it; /static/link/ holds no tokens.
_TOKEN = re.compile(r"(?<!/static)(/(?:link|sign-up)/+)[^/\s?#\"'<>]+", re.IGNORECASE)

SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def mask_tokens(_logger: Any, _method: str, event: Any) -> Any:
    """Return a log event whose texts, however deep, show no token of a Link or sign-up page."""
    return _masked(event)


def _masked(value: Any) -> Any:
    match value:
        case str():
            return _TOKEN.sub(r"\1***", value)
        case dict():
            return {key: _masked(item) for key, item in value.items()}
        case list() | tuple() | set():
            return [_masked(item) for item in value]
        case None | bool() | int() | float():
            return value
    return _masked(str(value))


def logging_config(*, json: bool) -> dict[str, Any]:
    """Return Django's LOGGING and set structlog up to write through it."""
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED_PROCESSORS,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask_tokens,
            renderer,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
    }
