"""JupyterLab in a headless Chromium, as a person uses it."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, sync_playwright

PATIENCE = 120_000
"""Milliseconds for anything that a person would wait for; a busy machine takes its time."""
TRIES = 6


def why_none() -> str:
    """Return why there is no Chromium here, installed from Debian if need be; empty if there is."""
    if shutil.which("chromium"):
        return ""
    if not shutil.which("apt-get"):
        return "there is no chromium, and no apt-get to install it"
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"chromium: {done.stderr.strip().splitlines()[-1]}"


@contextlib.contextmanager
def opened(address: str) -> Iterator["Jupyter"]:
    """Open an address as the plugin's browser would."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1200, "height": 700})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        yield Jupyter(page)
        browser.close()


class Jupyter:
    """A page with JupyterLab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Until its launcher is there, JupyterLab still moves what is on the page.
        page.locator(".jp-LauncherCard").first.wait_for()

    def enter(self, directory: str) -> None:
        """Go to a directory of the file browser."""
        self._listed(directory).dblclick()
        self.page.locator(".jp-BreadCrumbs-item").get_by_text(directory, exact=True).wait_for()

    def new_notebook(self) -> None:
        """Start a notebook in the directory that is shown."""
        self.page.locator('.jp-LauncherCard[data-category="Notebook"]').first.click()
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()

    def run(self, code: str) -> str:
        """Type code into the first cell and run it; return what it prints.

        A kernel that is only just connected may miss it; then it is run again, as a person would.
        """
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").first
        cell.locator(".cm-content").click()
        self.page.keyboard.insert_text(code)
        output = cell.locator(".jp-OutputArea-output").first
        for _ in range(TRIES):
            self.page.keyboard.press("Shift+Enter")
            with contextlib.suppress(Error):
                output.wait_for(timeout=PATIENCE / TRIES)
                break
            cell.locator(".cm-content").click()
        return output.inner_text().strip()

    def save_as(self, name: str) -> None:
        """Save the notebook for the first time, which asks for a name."""
        self.page.keyboard.press("Control+s")
        self.page.locator(".jp-Dialog input").first.fill(name)
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self._listed(name).wait_for()

    def wait_for_file(self, name: str) -> None:
        """Wait until the file browser shows a file."""
        self._listed(name).wait_for()

    def picture(self, file: Path) -> None:
        """Take a picture, without what pops up by itself."""
        self.page.add_style_tag(content=".Toastify { display: none }")
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file)

    def _listed(self, name: str) -> Locator:
        return self.page.locator(".jp-DirListing-itemText").get_by_text(name, exact=True)
