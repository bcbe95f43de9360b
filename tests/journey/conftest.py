"""The running program and a real Chromium, for the tests of the journey."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.stack import ROOT, OperatorAccount, Stack

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = ROOT / "var" / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, Debian's."""
    if not Path(CHROMIUM).exists():
        missing = pytest.fail if "CI" in os.environ else pytest.skip
        missing("These tests need Debian's chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Screen:
    """A page of a browser that has asked nobody but us, and whose console is quiet."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.base_url, self.foreign, self.complaints = base_url, [], []  # type: str, list[str], list[str]
        self.page: Page = context.new_page()
        self.page.on("request", self._note_foreign)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    def _note_foreign(self, request: Request) -> None:
        url: str = request.url
        if not url.startswith((self.base_url, "data:", "blob:")):
            self.foreign.append(url)

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def shoot(self, name: str) -> None:
        """Take a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.fixture
def screen(chromium: Browser, stack: Stack) -> Iterator[Screen]:
    """A fresh browser window on a desktop."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(15_000)
    window = Screen(context, stack.base_url)
    yield window
    context.close()
    assert window.foreign == []


@pytest.fixture
def lending(stack: Stack) -> OperatorAccount:
    """An operator that has switched nothing on yet."""
    return stack.operator("Acme Lending")
