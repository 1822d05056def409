"""The built front end: where its files are."""

from __future__ import annotations

from pathlib import Path

from mlqa_widgets.errors import MlqaError

_STATIC = Path(__file__).parent.parent / "static"


def module_path(name: str) -> Path:
    """Return the path of a built file of the front end.

    Raises
    ------
    MlqaError
        When it was not built, which only happens in a checkout.
    """
    path = _STATIC / name
    if not path.is_file():
        msg = f"The front end is not built: {path.name} is missing. Run `npm ci && npm run build` in js/, or install the package again."
        raise MlqaError(msg)
    return path
