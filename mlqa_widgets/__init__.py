"""Find what is wrong with a table or a model, inside Jupyter."""

from __future__ import annotations

from importlib.metadata import version

from mlqa_widgets.analysis import ModelAnalysis, Selection, analyze
from mlqa_widgets.checkpoints import Change, Checkpoint, History, checkpoint, history
from mlqa_widgets.compare.comparison import Comparison, ComparisonMatrix, compare
from mlqa_widgets.databases.database import Database, database
from mlqa_widgets.dictionary import Dictionary
from mlqa_widgets.errors import Cancelled, FindingsRemain, FixRefused, InputError, MissingPackage, MlqaError
from mlqa_widgets.fixes.plan import Plan
from mlqa_widgets.link.linkage import Linkage, link
from mlqa_widgets.options import options
from mlqa_widgets.sampling import SampleCheck, sample_check
from mlqa_widgets.scan import Scan, scan
from mlqa_widgets.sources.card import SourceCard, source
from mlqa_widgets.suite import Suite, SuiteResult, check

__version__ = version("mlqa_widgets")

__all__ = [
    "Cancelled",
    "Change",
    "Checkpoint",
    "Comparison",
    "ComparisonMatrix",
    "Database",
    "Dictionary",
    "FindingsRemain",
    "FixRefused",
    "History",
    "InputError",
    "Linkage",
    "MissingPackage",
    "MlqaError",
    "ModelAnalysis",
    "Plan",
    "SampleCheck",
    "Scan",
    "Selection",
    "SourceCard",
    "Suite",
    "SuiteResult",
    "analyze",
    "check",
    "checkpoint",
    "compare",
    "database",
    "history",
    "link",
    "options",
    "sample_check",
    "scan",
    "source",
]
