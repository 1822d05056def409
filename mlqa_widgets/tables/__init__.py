"""Ways in: frames, files, workbooks and databases become one :class:`Table`."""
