"""``python -m mlqa_widgets``: the command line, where ``mlqa`` is not on the path."""

import sys

from mlqa_widgets.cli import main

if __name__ == "__main__":
    sys.exit(main())
