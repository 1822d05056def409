"""A small TOML file beside the notebook, for people and programs to write: locked, replaced whole, comments kept."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

import tomlkit
from filelock import FileLock
from tomlkit.exceptions import TOMLKitError

from mlqa_widgets.errors import InputError


class TomlFile:
    """One file.

    Parameters
    ----------
    name
        What it is about, from which the file's name is made.
    ending
        What follows in the file's name.
    folder
        Where it lies; the working directory, which in a notebook is the notebook's own, if not given.
    """

    def __init__(self, name: str, ending: str, folder: Path | None = None) -> None:
        stem = re.sub(r"[^\w.-]+", "_", name).strip("._") or "table"
        self.path = (folder or Path.cwd()) / f"{stem[:80]}{ending}"

    def _lock(self) -> FileLock:
        """Hold off other notebooks that write the same file; the lock lies apart, to keep the folder tidy."""
        key = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:16]
        return FileLock(Path(tempfile.gettempdir()) / f"mlqa-{key}.lock", timeout=10)

    def _document(self) -> tomlkit.TOMLDocument:
        try:
            return tomlkit.parse(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return tomlkit.document()
        except (TOMLKitError, UnicodeDecodeError) as error:
            msg = f"{self.path.name} is not valid TOML ({error}). Mend it, or delete it to start over."
            raise InputError(msg) from error

    def _replace(self, document: tomlkit.TOMLDocument) -> None:
        """Put the document in place in one step: a crash at any moment leaves the old file or the new one."""
        handle, temporary = tempfile.mkstemp(prefix=self.path.name, suffix=".tmp", dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(tomlkit.dumps(document))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
