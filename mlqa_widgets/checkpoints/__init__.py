"""Steps of a pipeline, kept beside the notebook: what each did to the rows, the columns and the findings."""

from mlqa_widgets.checkpoints.change import Change
from mlqa_widgets.checkpoints.history import History, checkpoint, history
from mlqa_widgets.checkpoints.step import Checkpoint

__all__ = ["Change", "Checkpoint", "History", "checkpoint", "history"]
