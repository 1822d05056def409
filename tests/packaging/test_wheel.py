"""The wheel carries the built front end, stays small, and works where there is no Node."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_EXTENSION = "share/jupyter/labextensions/mlqa_widgets"

# Every displayed widget sends its module to the browser; the runtime is sent once per notebook.
_MODULE_BYTES = 80 * 1024
_RUNTIME_BYTES = 900_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run("uv", "build", "--wheel", "--out-dir", str(folder), str(_ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def entries(wheel: Path) -> dict[str, int]:
    """Size in bytes of each file in the wheel, shared data under the path it is installed to."""
    with zipfile.ZipFile(wheel) as archive:
        return {re.sub(r"^[^/]+\.data/data/", "", file.filename): file.file_size for file in archive.infolist()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scripts of an environment that holds the locked dependencies and the wheel, and nothing else."""
    environment = tmp_path_factory.mktemp("clean") / "venv"
    # The versions of uv.lock are in uv's cache already: no index is asked.
    _run(
        "uv",
        "sync",
        "--frozen",
        "--no-dev",
        "--no-install-project",
        "--python",
        sys.executable,
        UV_PROJECT_ENVIRONMENT=str(environment),
    )
    _run("uv", "pip", "install", "--no-deps", "--python", str(environment), str(wheel))
    return environment / "bin"


def test_the_wheel_carries_the_widget_modules(entries: dict[str, int]) -> None:
    modules = {name for name in entries if name.startswith("mlqa_widgets/static/")}
    assert modules >= {f"mlqa_widgets/static/{name}.js" for name in ("scan", "standalone", "vega-runtime")}


def test_the_wheel_carries_the_extension_of_jupyterlab_once(entries: dict[str, int]) -> None:
    assert f"{_EXTENSION}/package.json" in entries
    assert f"{_EXTENSION}/install.json" in entries
    assert [name for name in entries if "remoteEntry" in name and not name.startswith(_EXTENSION)] == []


def test_the_wheel_carries_types_and_licence(entries: dict[str, int]) -> None:
    assert "mlqa_widgets/py.typed" in entries
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in entries)


def test_the_wheel_carries_neither_sources_of_the_front_end_nor_tests(entries: dict[str, int]) -> None:
    roots = {name.split("/")[0] for name in entries}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"mlqa_widgets", "share"}


def test_widget_modules_stay_within_their_budget(entries: dict[str, int]) -> None:
    runtime = entries["mlqa_widgets/static/vega-runtime.js"]
    assert runtime < _RUNTIME_BYTES
    over = {
        name: size
        for name, size in entries.items()
        if re.fullmatch(r"mlqa_widgets/static/(?!vega-runtime|standalone).*\.js", name) and size >= _MODULE_BYTES
    }
    assert over == {}


def test_wheel_and_extension_carry_the_version_of_the_front_end(wheel: Path) -> None:
    version = json.loads((_ROOT / "js" / "package.json").read_text())["version"]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        package = next(name for name in names if name.endswith("labextensions/mlqa_widgets/package.json"))
        assert email.message_from_bytes(archive.read(metadata))["Version"] == version
        assert json.loads(archive.read(package))["version"] == version
    assert json.loads((_ROOT / "js" / "package-lock.json").read_text())["version"] == version


def test_the_wheel_works_without_node(installed: Path, tmp_path: Path) -> None:
    path = str(installed)
    assert shutil.which("node", path=path) is None
    printed = _run(str(installed / "python"), "-W", "error", "-c", "import mlqa_widgets", cwd=tmp_path, PATH=path)
    assert printed == ""
    listed = _run(str(installed / "jupyter"), "labextension", "list", cwd=tmp_path, PATH=path)
    listed = re.sub(r"\x1b\[\d+m", "", listed)
    assert re.search(r"mlqa_widgets v\S+ enabled OK \(python, mlqa_widgets\)", listed)


def test_a_source_distribution_becomes_a_wheel_without_npm(wheel: Path, tmp_path: Path) -> None:
    _run("uv", "build", "--sdist", "--out-dir", str(tmp_path), str(_ROOT))
    (source,) = tmp_path.glob("*.tar.gz")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\nexit 1\n")
    npm.chmod(0o755)
    path = f"{npm.parent}{os.pathsep}{os.environ['PATH']}"
    _run("uv", "build", "--wheel", "--out-dir", str(tmp_path), str(source), PATH=path)
    (rebuilt,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as ours, zipfile.ZipFile(rebuilt) as theirs:
        assert sorted(ours.namelist()) == sorted(theirs.namelist())


def test_the_dependencies_named_in_the_wheel_are_those_installed(installed: Path) -> None:
    _run("uv", "pip", "check", "--python", str(installed / "python"))


def _run(*command: str, cwd: Path = _ROOT, **environment: str) -> str:
    """Run a command and return all it printed; fail with that when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
