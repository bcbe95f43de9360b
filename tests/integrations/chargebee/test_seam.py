"""Nothing of this vendor stands outside its folder, but one line of the settings."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = ("portal", "link", "integrations", "billing", "companies", "config", "templates")
OWN = ROOT / "integrations" / "connectors" / "chargebee"


def test_only_one_line_of_the_settings_names_it() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if OWN not in path.parents]
    naming = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in [*files, ROOT / "pyproject.toml"]
        if path.suffix in {".py", ".html", ".css", ".js", ".toml"}
        for line in path.read_text().splitlines()
        if "chargebee" in line.lower() or "xwsy" in line
    ]
    assert naming == ['config/settings.py: "xwsy": "integrations.connectors.chargebee.ChargebeeConnector",']
