"""The documents say nothing that isn't so: commands run, links lead somewhere, lists are complete."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import get_commands, load_command_class

from billing.api.commerce.types import COMMERCE_TYPES
from config.processes import free_port
from config.services import Services
from config.staging import SHARED
from integrations.catalogue import connector_for
from integrations.connectors.base import Pager
from integrations.connectors.chargify import ChargifyConnector, invoice_parts
from integrations.services.data_types import streams_of
from integrations.simulator.server.schedule import PROFILES
from integrations.simulator.server.weather import MODES
from tests.stack import SITE_KEY, Stack

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = [str(document.relative_to(ROOT)) for document in DOCUMENTS]
TOOLS = Path(sys.executable).parent
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
FOLDERS = r"(?:bin|billing|companies|config|docs|integrations|link|portal|templates|tests)/"


def text_of(name: str) -> str:
    """Return a document."""
    return (ROOT / name).read_text()


def section(name: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text_of(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no heading {heading!r}"
    return found[1]


def blocks(text: str, language: str = "sh") -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """Return every line of the shell blocks."""
    return [line for block in blocks(text) for line in block.splitlines() if line.strip()]


def rows(text: str) -> list[list[str]]:
    """Return the rows of a text's tables, without their heads."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
    heads = {index - 1 for index, row in enumerate(cells) if set("".join(row)) <= set("-: ")}
    return [row for index, row in enumerate(cells) if index not in heads and index - 1 not in heads]


def ticked(text: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


class TestLinks:
    @pytest.mark.parametrize("name", NAMES)
    def test_lead_to_files(self, name: str) -> None:
        targets = re.findall(r"\]\(([^)\s]+)\)", text_of(name))
        own = [target.partition("#")[0] for target in targets if "://" not in target]
        assert [target for target in own if not ((ROOT / name).parent / target).exists()] == []

    @pytest.mark.parametrize("name", NAMES)
    def test_paths_in_the_text_exist(self, name: str) -> None:
        paths = [path for path in ticked(text_of(name)) if re.fullmatch(rf"{FOLDERS}[\w./-]*", path)]
        assert [path for path in paths if not (ROOT / path).exists()] == []


class TestLists:
    def test_every_environment_variable_has_its_row(self) -> None:
        read = re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", text_of("config/settings.py"))
        read += re.findall(r"\$\{([A-Z_]+)", text_of("Procfile"))
        assert len(set(read)) > 12
        table = rows(section("docs/deploying.md", "3. The environment"))
        assert {name for row in table for name in ticked(row[0])} == set(read)

    def test_the_example_of_an_environment_has_what_is_needed(self) -> None:
        table = rows(section("docs/deploying.md", "3. The environment"))
        assert example_of_env().keys() == {ticked(row[0])[0] for row in table if row[1] == "yes"}

    @pytest.mark.parametrize("file", ["requirements.in", "requirements-dev.in"])
    def test_every_requirement_has_its_line(self, file: str) -> None:
        wanted = re.findall(r"^[a-z][\w.\[\]-]*", text_of(file), re.MULTILINE)
        heading = f"{'Tools' if 'dev' in file else 'What runs'} (`{file}`)"
        documented = rows(section("docs/dependencies.md", heading))
        assert sorted(ticked(row[0])[0] for row in documented) == sorted(wanted)
        assert all(all(row) and len(row) == 5 for row in documented)

    def test_every_inference_has_its_entry(self) -> None:
        marked = re.compile(r"#.*(?:\binferred\b|\[I\]|\[\?\])")
        files = [
            path
            for path in ROOT.glob("[a-z]*/**/*.py")
            if path.parts[len(ROOT.parts)] not in {"tests", "var"}
        ]
        inferring = {str(path.relative_to(ROOT)) for path in files if marked.search(path.read_text())}
        assert len(inferring) > 5
        assert inferring - set(ticked(text_of("docs/unverified.md"))) == set()

    def test_every_inference_says_how_to_find_out(self) -> None:
        text = text_of("docs/unverified.md").partition("## Known gap")[0]
        entries = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
        assert len(entries) > 20
        for entry in entries:
            parts = re.findall(r"(Why:|Where:|If wrong|Find\s+out:)", entry)
            assert [" ".join(part.split()) for part in parts] == [
                "Why:",
                "Where:",
                "If wrong",
                "Find out:",
            ], entry

    def test_the_table_of_data_types_is_what_the_connector_declares(self) -> None:
        parts = {
            "invoices": [table for _, table, _ in invoice_parts._PARTS],
            "credit_notes": ["creditnoteline"],
        }
        declared = [
            [
                stream.data_type,
                stream.name,
                stream.path,
                *[stream.table, *parts.get(stream.name, [])],
            ]
            for stream in ChargifyConnector.streams
        ]
        documented = [
            [name for cell in row[:4] for name in ticked(cell)] for row in rows(text_of("docs/data-types.md"))
        ]
        assert sorted(documented) == sorted(declared)

    def test_the_table_of_the_commerce_model_is_what_the_api_gives(self) -> None:
        table = rows(text_of("docs/commerce.md").partition("## Where")[0])
        documented = {ticked(row[0])[0]: sorted(ticked(row[2])) for row in table}
        given = ["commerce-companyInfo", *(type_.name for type_ in COMMERCE_TYPES)]
        assert documented == {name: sorted(streams_of(connector_for("rkgp"), name)) for name in given}

    def test_the_table_of_streams_is_what_the_connector_declares(self) -> None:
        listed = [
            *ChargifyConnector.streams,
            *[one.otherwise for one in ChargifyConnector.streams if one.otherwise],
        ]
        pages = {
            Pager.SINGLE: "one answer",
            Pager.PAGES: "numbered",
            Pager.SINCE_ID: "`since_id`",
            Pager.TOKEN: "coupon by coupon",
        }
        declared = {
            stream.name: [
                f"`{stream.path}`",
                bool(stream.since),
                pages[stream.pager],
                f"total by `{stream.total.path}`; sweep" if stream.total else "sweep",
            ]
            for stream in listed
        }
        documented = {
            ticked(name)[0]: [path, "updated_at" in changes, paged, evidence]
            for name, path, changes, paged, _, evidence in rows(section("docs/sync.md", "Streams"))
        }
        assert documented == declared

    def test_names_of_pages_and_buttons_are_those_of_the_program(self) -> None:
        source = "\n".join(
            path.read_text()
            for folder in ("templates", "portal", "link", "companies", "integrations", "billing")
            for path in (ROOT / folder).rglob("*")
            if path.suffix in {".py", ".html"}
        )
        steps = section("README.md", "The first ten minutes")
        names = {" ".join(name.split()) for name in re.findall(r"\*\*([^*]+)\*\*", steps)}
        templated = {"New company", "Connect to Chargify", "Your Chargify credentials"}
        shown = {name.rstrip(".") for name in names if not name.endswith(".")} - templated - {"Log in"}
        assert len(shown) > 12
        assert {
            name for name in shown if not re.search(rf"[>\"' ]{re.escape(name)}[<\".,' ]", source)
        } == set()


def example_of_env() -> dict[str, str]:
    """Return the settings that the document gives as an example."""
    (example,) = blocks(section("docs/deploying.md", "3. The environment"), "dotenv")
    return dict(line.split("=", 1) for line in example.splitlines())


# Commands outside docs/deploying.md and the API's section, which are run as they stand.
RUN_ALONE = {
    "bin/demo": "test_bin_demo",
    "bin/test": "test_bin_test",
    "bin/test --all": "test_bin_test",
    "bin/test tests/link/test_redirects.py": "test_bin_test",
    "bin/test tests/chaos": "test_chaos",
    "bin/bench --chaos 1000": "test_chaos",
    "bin/bench --chaos 1 42": "test_chaos",
    ".venv/bin/ruff check": "test_tools",
    ".venv/bin/ruff format": "test_tools",
    ".venv/bin/mypy .": "test_tools",
    "uv pip compile --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt": "test_uv",
    "uv pip compile --universal --python-version 3.11 --generate-hashes requirements-dev.in -o "
    "requirements-dev.txt": "test_uv",
}
API_CALLS = "The same by API"
INSTALL = ["python3 -m venv .venv", ".venv/bin/pip install --require-hashes -r requirements.txt"]


class TestCommands:
    @pytest.mark.parametrize("name", NAMES)
    def test_each_is_tested(self, name: str) -> None:
        tested = set(RUN_ALONE) | set(commands(section("README.md", API_CALLS)))
        for name_of_tested in ("docs/deploying.md", "docs/sandbox.md", "docs/api.md"):
            tested |= set(commands(text_of(name_of_tested)))
        assert [command for command in commands(text_of(name)) if command not in tested] == []
        assert all(hasattr(TestCommands, test) for test in RUN_ALONE.values())

    @pytest.mark.parametrize(
        "row", rows(section("README.md", "Commands")), ids=lambda row: ticked(row[0])[0].split()[0]
    )
    def test_of_manage_py_take_what_is_said(self, row: list[str]) -> None:
        written = re.sub(r"\bID\b", str(uuid.uuid4()), ticked(row[0])[0])
        name, *arguments = written.split()
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        options = [option.split() for option in ticked(row[1]) if option.startswith("--")]
        for extra in [[], *options]:
            parser.parse_args([*arguments, *extra])

    def test_every_command_of_ours_has_its_row(self) -> None:
        ours = {name for name, app in get_commands().items() if (ROOT / str(app)).is_dir()}
        assert {ticked(row[0])[0].split()[0] for row in rows(section("README.md", "Commands"))} == ours

    def test_tools(self) -> None:
        for command in (command for command, test in RUN_ALONE.items() if test == "test_tools"):
            program, *arguments = command.split()
            assert program.startswith(".venv/bin/")
            argv = [str(TOOLS / Path(program).name), *arguments, "--help"]
            assert subprocess.run(argv, stdout=subprocess.DEVNULL).returncode == 0

    def test_uv(self) -> None:
        for command in (command for command, test in RUN_ALONE.items() if test == "test_uv"):
            wanted, locked = re.findall(r"requirements\S*", command)
            assert f"# Lock: {command}\n" in text_of(wanted)
            assert f"#    {command}\n" in text_of(locked)

    @pytest.mark.slow
    def test_bin_demo(self) -> None:
        own_venv()
        said = run("bin/demo", "--help")
        assert set(re.findall(r"bin/demo (--\w+)", text_of("README.md"))) <= set(re.findall(r"--\w+", said))
        assert "The journey works." in run("bin/demo", "--check")

    @pytest.mark.slow
    def test_bin_test(self) -> None:
        own_venv()
        assert " passed" in run("bin/test", "tests/link/test_redirects.py")

    @pytest.mark.slow
    def test_chaos(self) -> None:
        own_venv()
        assert (ROOT / "tests/chaos").is_dir()
        assert "1 scenarios from seed 42 in" in run("bin/bench", "--chaos", "1", "42")

    def test_install(self) -> None:
        assert commands(section("docs/deploying.md", "2. Install")) == INSTALL
        assert '"--require-hashes"' in text_of("bin/bootstrap.py")  # which runs the same


def own_venv() -> None:
    """Skip where these tests run in another environment than the one that `bin/` makes and would make anew."""
    if not (ROOT / ".venv/tributary.json").exists() or Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("not run by bin/test, which makes .venv")


def run(*argv: str) -> str:
    """Run a program of `bin/` on servers of its own and return what it printed."""
    env = {name: value for name, value in os.environ.items() if name not in SERVERS}
    done = subprocess.run(
        argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


# What the reader does between the last two blocks: asks again until all is complete.
UNTIL_COMPLETE = """
for _ in $(seq 120); do
  curl -s -H "$KEY" "$COMPANY/dataStatus" | python3 -c '
import json, sys
sys.exit(any(entry["currentStatus"] != "Complete" for entry in json.load(sys.stdin).values()))' && break
  sleep 0.5
done
"""


def test_the_api_calls_work_as_they_stand(stack: Stack, tmp_path: Path) -> None:
    operator = stack.operator()
    stack.manage("integration_enable", "--operator", operator.id, "--platform-key", "rkgp")
    company = operator.call("POST", "/companies", json={"name": "Demo Company"}).json()
    demo = {"base_url": stack.base_url, "api_key": operator.api_key, "company_id": company["id"]}
    demo |= {"chargify_site": "acme", "chargify_api_key": SITE_KEY}
    (tmp_path / "var").mkdir()
    (tmp_path / "var/demo.json").write_text(json.dumps(demo))
    (tmp_path / ".curlrc").write_text("fail-with-body\nshow-error\n")

    *first, last = blocks(section("README.md", API_CALLS))
    script = "\n".join(["set -euo pipefail", *first, UNTIL_COMPLETE, last])
    done = shell(script, cwd=tmp_path, env=os.environ | {"CURL_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr

    authorized, status, subscriptions, orders = documents(done.stdout)
    assert authorized["status"] == "Linked"
    assert {entry["currentStatus"] for entry in status.values()} == {"Complete"}
    assert len(subscriptions["results"]) == 2
    assert orders["results"]
    assert all(order["totalAmount"] > 100 for order in orders["results"])


def test_the_sandbox_works_as_it_stands(tmp_path: Path) -> None:
    port = str(free_port())
    start, *calls = (line.replace("9000", port) for line in commands(text_of("docs/sandbox.md")))
    program, *arguments = start.split()
    assert program == ".venv/bin/python"
    (tmp_path / ".curlrc").write_text("fail-with-body\nshow-error\n")
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as sandbox:
        try:
            assert sandbox.stdout is not None
            assert sandbox.stdout.readline() == f"simulator: http://127.0.0.1:{port}/us/acme\n"
            script = "\n".join(["set -euo pipefail", *calls])
            done = shell(script, cwd=tmp_path, env=os.environ | {"CURL_HOME": str(tmp_path)})
        finally:
            sandbox.terminate()
    assert done.returncode == 0, done.stdout + done.stderr
    ledger, of_a_customer, advanced, *_ = documents(done.stdout)
    assert ledger["rows"]["customers"] >= 240
    assert list(of_a_customer) == ["months"]
    assert advanced["now"] > time.time() + 2_500_000


def test_the_sandbox_names_every_profile_and_fault() -> None:
    text = text_of("docs/sandbox.md")
    assert [ticked(row[0])[0] for row in rows(section("docs/sandbox.md", "Weather"))] == list(PROFILES)
    assert set(MODES) <= set(ticked(text))


def documents(text: str) -> Iterator[Any]:
    """Return the JSON documents that follow each other in a text."""
    decoder = json.JSONDecoder()
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:]


def shell(
    script: str, *, cwd: Path, env: dict[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run lines of shell."""
    return subprocess.run(
        ["bash", "-c", script], cwd=cwd, env=env, input=stdin, capture_output=True, text=True
    )


class Deployment:
    """Tributary, deployed into a folder as docs/deploying.md says, on servers that stand in for a host's."""

    def __init__(self, home: Path, servers: dict[str, str], superuser: str) -> None:
        self.home, self.superuser, self.port = home, superuser, free_port()
        self.server = urlsplit(servers["DATABASE_URL"]).netloc.rpartition("@")[2]
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        for entry in ROOT.iterdir():
            if entry.name not in {"var", ".env", ".git"}:
                (home / entry.name).symlink_to(entry)
        settings = example_of_env() | {"REDIS_URL": servers["REDIS_URL"]}
        for name in ("SECRET_KEY", "FERNET_KEYS"):
            settings[name] = self.run(blocks(section("docs/deploying.md", "3. The environment"))[0]).strip()
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (home / ".env").write_text(self.named(lines))

    def named(self, text: str) -> str:
        """Return a text with our server and a database that its superuser doesn't have yet."""
        renamed = re.sub(r"tributary(?=_owner|_app| OWNER|\n|$| sh)", "deployed", text, flags=re.MULTILINE)
        return renamed.replace("127.0.0.1:5432", self.server)

    def make_roles(self) -> None:
        """Run the document's SQL as the superuser."""
        (sql,) = blocks(section("docs/deploying.md", "1. The database and its two roles"), "sql")
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            for statement in filter(None, self.named(sql).strip().split(";")):
                connection.execute(statement.encode())

    @property
    def settings(self) -> str:
        """Return the lines that take the settings from `.env`."""
        return blocks(section("docs/deploying.md", "3. The environment"))[1]

    def run(self, lines: str, stdin: str = "") -> str:
        """Run the document's lines and return what they print."""
        done = shell(f"set -e\n{lines}", cwd=self.home, env=self.env, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def manage(self, heading: str, stdin: str = "") -> str:
        """Run the block under a heading in the program's environment."""
        (lines,) = blocks(section("docs/deploying.md", heading))
        return self.run(self.settings + self.named(lines), stdin)

    def start(self) -> list[subprocess.Popen[bytes]]:
        """Start the processes, each by its line."""
        return [
            subprocess.Popen(["bash", "-c", f"{self.settings}exec {line}"], cwd=self.home, env=self.env)
            for line in commands(section("docs/deploying.md", "5. The processes"))
        ]

    def is_ready(self) -> bool:
        """Ask `/readyz` as a proxy would."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            headers = {"Host": "tributary.example.com", "X-Forwarded-Proto": "https"}
            connection.request("GET", "/readyz", headers=headers)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """A folder to deploy into, and servers without any database of ours."""
    for name in SERVERS:
        monkeypatch.delenv(name, raising=False)
    data, home = tmp_path / "services", tmp_path / "home"
    home.mkdir()
    with Services(data, durable=False) as urls:
        password = json.loads((data / "passwords.json").read_text())["postgres"]
        server = urlsplit(urls["DATABASE_URL"]).netloc.rpartition("@")[2]
        yield Deployment(home, urls, f"postgresql://postgres:{password}@{server}/postgres")
    shutil.rmtree(SHARED / f"data-{sha256(bytes(data.resolve())).hexdigest()[:12]}", ignore_errors=True)


@pytest.mark.slow
def test_deploying_as_it_is_described(deployment: Deployment) -> None:
    deployment.make_roles()
    assert "no issues" in deployment.manage("4. Release")
    processes = deployment.start()
    try:
        deadline = time.monotonic() + 60
        while not deployment.is_ready():
            assert time.monotonic() < deadline
            assert [process.poll() for process in processes] == [None] * 3
            time.sleep(0.2)
        made = deployment.manage("6. The first Operator", stdin="correct horse battery\n")
        assert "alice@example.com" in made
        assert "https://tributary.example.com/sign-up/" in made
        rotated = deployment.manage("Keys: backup and rotation")
        assert "0 secrets encrypted again." in rotated
        assert "readable with the first key alone" in rotated
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=40)


@pytest.mark.slow
def test_a_stronger_app_role_is_refused(deployment: Deployment) -> None:
    deployment.make_roles()
    with psycopg.connect(deployment.superuser, autocommit=True) as connection:
        connection.execute("ALTER ROLE deployed_app BYPASSRLS")
    (lines,) = blocks(section("docs/deploying.md", "4. Release"))
    check = lines.splitlines()[-1]
    done = shell(f"{deployment.settings}{check}", cwd=deployment.home, env=deployment.env)
    assert done.returncode == 1
    assert "config.E001" in done.stderr


def test_documents_name_no_machine_of_ours() -> None:
    for name in NAMES:
        assert not re.search(r"/(?:work|root|home)/", text_of(name)), name
        for block in blocks(text_of(name)):
            assert shlex.split(block, comments=True), name
