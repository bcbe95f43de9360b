"""dlt, measured: `python dlt_pipeline.py` in an environment of its own reads the served account and prints the figures.

Tuned: the three lists in parallel, files of CSV that PostgreSQL copies, upserts by id, no child tables. dlt fetches the
pages of one list one after the other.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from typing import Any

import dlt
from dlt.sources.rest_api import rest_api_source

LISTS = {
    "customers": ("id", "[*].customer", {"direction": "asc"}),
    "subscriptions": ("id", "[*].subscription", {"sort": "id", "direction": "asc"}),
    "invoices": ("uid", "invoices", {"sort": "created_at", "direction": "asc", "line_items": "true"}),
}


def resource_of(name: str) -> dict[str, Any]:
    """Return how dlt is told of a list."""
    key, selector, query = LISTS[name]
    return {
        "name": name,
        "primary_key": key,
        "write_disposition": {"disposition": "merge", "strategy": "upsert"},
        "max_table_nesting": 0,
        "parallelized": True,
        "endpoint": {
            "path": f"{name}.json",
            "params": query | {"per_page": 200},
            "data_selector": selector,
            "paginator": {"type": "page_number", "base_page": 1, "total_path": None},
        },
    }


def main() -> None:
    """Read everything once."""
    os.environ |= {
        "EXTRACT__WORKERS": "4",
        "LOAD__WORKERS": "4",
        "NORMALIZE__DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
        "EXTRACT__DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    pipeline = dlt.pipeline(
        "tributary_benchmark",
        pipelines_dir=tempfile.mkdtemp(),
        destination=dlt.destinations.postgres(os.environ["DATABASE_OWNER_URL"]),
        dataset_name="dlt_benchmark",
        dev_mode=False,
    )
    config = {
        "client": {
            "base_url": os.environ["CHARGIFY_US_URL"],
            "auth": {"type": "http_basic", "username": "key", "password": "x"},
        },
        "resources": [resource_of(name) for name in LISTS],
    }
    started = time.perf_counter()
    pipeline.run(rest_api_source(config), loader_file_format="csv")
    seconds = time.perf_counter() - started
    with pipeline.sql_client() as sql:
        objects = sum(sql.execute_sql(f"SELECT count(*) FROM {name}")[0][0] for name in LISTS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"seconds": seconds, "objects": objects, "peak_mb": peak}, sys.stdout)


if __name__ == "__main__":
    main()
