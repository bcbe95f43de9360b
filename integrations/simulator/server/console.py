"""What the port answers beside the sites: pages, their files and the control orders.

Another site's page in the same browser can't use them: an order must say that it is JSON, which a form can't
and a script may only after a preflight that is never answered; and the host must be a loopback address, so
that no foreign name that was pointed at this machine reaches anything.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from .control import control
from .delivery import is_loopback
from .messages import HTML, NOT_FOUND, TEXT, Response
from .page import COUNTED, home_page, site_page
from .sites import Sites

OWN_PATHS = ("/control/", "/assets/")
FOLDER = Path(__file__).parent
ASSETS = {
    "/assets/page.js": Response(200, (FOLDER / "page.js").read_bytes(), "text/javascript; charset=utf-8"),
    "/assets/page.css": Response(200, (FOLDER / "page.css").read_bytes(), "text/css; charset=utf-8"),
}


class Call(Struct, frozen=True):
    """One request to the console, with the two headers that decide whether it is let in."""

    method: str
    path: str
    host: str | None
    content_type: str | None
    body: bytes


def console(sites: Sites, call: Call) -> Response:
    """Answer one call, unless it comes from where it must not."""
    if not is_loopback(_host_name(call.host)):
        return Response(403, b"Only loopback addresses are let in.\n", TEXT)
    if call.method == "POST" and (call.content_type or "").partition(";")[0].strip() != "application/json":
        return Response(415, b'{"error":"orders are application/json"}')
    if call.path.startswith("/control/"):
        return _of_a_site(sites, call)
    if call.method not in ("GET", "HEAD"):
        return NOT_FOUND
    return (
        _page(home_page(sites, f"http://{call.host}"))
        if call.path == "/"
        else ASSETS.get(call.path, NOT_FOUND)
    )


def _of_a_site(sites: Sites, call: Call) -> Response:
    _, _, region, subdomain, action = [*call.path.split("/", 4), "", ""][:5]
    site = sites.find(region, subdomain)
    if site is None:
        return NOT_FOUND
    if action in ("", COUNTED) and call.method in ("GET", "HEAD"):
        return _page(site_page(sites, site, f"http://{call.host}", counted=action == COUNTED))
    return control(sites, site, call.method, action, call.body)


def _page(text: str) -> Response:
    return Response(200, text.encode(), HTML)


def _host_name(host: str | None) -> str:
    try:
        return urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        return ""
