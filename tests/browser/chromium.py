"""Find a Chromium that Playwright can drive, or install one."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The shell is Chromium without windows, which starts and draws for less.
_NAMES = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
]


def find() -> Path | None:
    """Return the executable of an installed Chromium, Chrome or Edge, else of Playwright's own, else None."""
    for name in _NAMES:
        path = shutil.which(name)
        # Ubuntu's `chromium-browser` may be a script that only asks to install a snap.
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return Path(path)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def install() -> None:
    """Install Chromium: Debian's where we may, else the one Playwright downloads."""
    administrator = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    may_install = not administrator or (
        shutil.which("sudo") and subprocess.run([*administrator, "true"], check=False).returncode == 0
    )
    if shutil.which("apt-get") and _distribution() == "debian" and may_install:
        subprocess.run([*administrator, "apt-get", "update"], check=True)
        subprocess.run([*administrator, "apt-get", "install", "--yes", "chromium-headless-shell"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return platform.system()


if __name__ == "__main__":
    if find() is None:
        install()
    print(find())
