"""The exceptions users meet: each says what was given, what was expected and what to pass."""

from __future__ import annotations


class MlqaError(Exception):
    """Base class of every error this package raises on purpose."""


class InputError(MlqaError, ValueError):
    """An argument is not usable; the message names it and says what would work."""


class FixRefused(MlqaError):
    """A repair would lose values or rows it cannot account for; nothing was changed."""


class Cancelled(MlqaError):
    """Long work was stopped before it finished."""


class FindingsRemain(MlqaError, AssertionError):
    """Raised by ``Scan.check`` when findings at or above the asked severity remain."""


class MissingPackage(MlqaError, ImportError):
    """A package that this model or view needs is not installed; the message says what to install."""
