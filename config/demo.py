"""What `bin/demo` remembers between starts: its secrets, and the one operator it seeds."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from config.files import write_private

EMAIL = "alice@example.com"
WELCOME = """
Tributary is running. Ctrl-C stops it.

  Portal       {base_url}/admin/
               {admin_username}  {admin_password}
  Link URL     {link_url}
               Chargify site {chargify_site}, API key {chargify_api_key}  (simulated: {simulator_url})
  API          {base_url}/docs/
               API key {api_key}

All of this stands in {file}; logs are in {logs}.
"""


class Demo:
    """The demo's facts, kept in `state`: secrets.json (ours) and demo.json (for whoever uses the demo)."""

    def __init__(self, state: Path, base_url: str) -> None:
        """Take the state folder and where the program is served this time."""
        self.state, self.base_url = state, base_url
        self.file = state / "demo.json"
        self.chargify_site = self.simulator_url = ""
        self._secrets: dict[str, str] = {}
        self._seeded: dict[str, str] = {}

    def settle(self, *, forget: bool) -> None:
        """Read or make the secrets; `forget` what was seeded when the database is new or another one."""
        database = os.environ.get("DATABASE_URL", "bundled")
        kept = json.loads(self._kept.read_text()) if self._kept.exists() else {}
        self._secrets = kept.get("secrets") or new_secrets()
        self._seeded = kept.get("seeded", {})
        if forget or self._seeded.get("database") != database:
            self._seeded = {"database": database}
        self._keep()

    def settings(self) -> dict[str, str]:
        """Return the secret settings of the program."""
        return {name: self._secrets[name] for name in ("SECRET_KEY", "FERNET_KEYS")}

    @property
    def chargify_api_key(self) -> str:
        """The key that the simulated Chargify accepts."""
        return self._secrets["chargify_api_key"]

    def seed(self, manage: Callable[..., str]) -> None:
        """Make the operator, its API key and one company, each once, then write demo.json."""
        if "operator_id" not in self._seeded:
            self._seed_operator(manage)
        operator = ("--operator", self._seeded["operator_id"])
        if "api_key" not in self._seeded:
            self._remember(api_key=manage("api_key_create", *operator, "--name", "demo").strip())
        if "company_id" not in self._seeded:
            manage("integration_enable", *operator, "--platform-key", "rkgp")
            company = json.loads(manage("company_create", *operator, "--name", "Demo Company", "--json"))
            self._remember(company_id=company["company_id"], link_path=path_of(company["link_url"]))
        write_private(self.file, json.dumps(self.facts(), indent=2))

    def facts(self) -> dict[str, str]:
        """Return what a user of the demo needs to know."""
        return {
            "base_url": self.base_url,
            "admin_username": EMAIL,
            "admin_password": self._secrets["admin_password"],
            "api_key": self._seeded["api_key"],
            "chargify_site": self.chargify_site,
            "chargify_api_key": self.chargify_api_key,
            "simulator_url": self.simulator_url,
            "company_id": self._seeded["company_id"],
            "link_url": self.base_url + self._seeded["link_path"],
        }

    def welcome(self) -> str:
        """Say what to open and how to get in."""
        return WELCOME.format(**self.facts(), file=self.file, logs=self.state / "log")

    def _seed_operator(self, manage: Callable[..., str]) -> None:
        # One argument, as a password may begin with a hyphen.
        password = f"--password={self._secrets['admin_password']}"
        created = json.loads(
            manage("operator_create", "--name", "Acme Lending", "--email", EMAIL, password, "--json")
        )
        self._remember(operator_id=created["operator_id"])

    def _remember(self, **facts: object) -> None:
        self._seeded |= {name: str(value) for name, value in facts.items()}
        self._keep()

    @property
    def _kept(self) -> Path:
        return self.state / "secrets.json"

    def _keep(self) -> None:
        write_private(self._kept, json.dumps({"secrets": self._secrets, "seeded": self._seeded}))


def new_secrets() -> dict[str, str]:
    """Generate everything that must differ from one machine to the next."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FERNET_KEYS": secrets.token_urlsafe(32),
        "admin_password": secrets.token_urlsafe(12),
        "chargify_api_key": secrets.token_urlsafe(24),
    }


def path_of(url: str) -> str:
    """Return a URL without its host: the port changes between starts."""
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc="").geturl()
