"""A real JupyterLab server on this machine, with folders of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.browser import kernels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_SECONDS = 60
_STOP_SECONDS = 20

_USER_SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Every cell stays in the page, also those out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    url: str
    token: str
    root: Path
    data: Path

    def request(self, path: str, method: str = "GET") -> Any:
        """Call the server's REST interface and return the decoded answer."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}api/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            body = answer.read()
        return json.loads(body) if body else None

    def stop_kernels(self) -> None:
        """Shut down every kernel, so that tests do not share memory or names."""
        for session in self.request("sessions"):
            self.request(f"sessions/{session['id']}", method="DELETE")


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """Start JupyterLab with all its folders below ``home``; stop it on leaving."""
    root, data = home / "notebooks", home / "data"
    root.mkdir()
    for plugin, settings in _USER_SETTINGS.items():
        file = home / "config" / "lab" / "user-settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    forks = home / "forks"
    kernel = data / "kernels" / kernels.NAME / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(kernels.specification(forks)))
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(data),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    token = secrets.token_hex(16)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        "--port=0",
    ]
    command += [
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}",
        # Lets the tests run JupyterLab's own commands.
        "--LabApp.expose_app_in_browser=True",
    ]
    log = home / "server.log"
    with kernels.ready_to_fork(forks, home / "forks.log"), log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            url = _wait_for_url(home / "runtime", process, log)
            yield Server(url=url, token=token, root=root, data=data)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _wait_for_url(runtime: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            url = str(json.loads(file.read_text())["url"])
            try:
                with urllib.request.urlopen(f"{url}api", timeout=5):  # noqa: S310
                    return url
            except OSError:
                continue
        time.sleep(0.1)
    msg = f"JupyterLab did not start:\n{log.read_text()}"
    raise RuntimeError(msg)
