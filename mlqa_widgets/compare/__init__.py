"""Two sources against each other: keys, joins, values, definitions, clocks."""
