"""A report for whoever owns the data: what was found, in words that need no knowledge of this package."""

from mlqa_widgets.report.content import Report, report_of_comparison, report_of_scan
from mlqa_widgets.report.write import write_report

__all__ = ["Report", "report_of_comparison", "report_of_scan", "write_report"]
