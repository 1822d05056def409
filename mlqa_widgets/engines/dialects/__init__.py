"""The checks' SQL, which is DuckDB's, for other engines: translated where it means the same there, refused where not.

A statement is parsed by SQLGlot, and every part of it has to be one that is known here to mean the same on the other
engine, as it stands or rewritten. Of what is left, an expression of one column (a pattern, a date read from text, a
number written as text) is not translated at all: DuckDB itself computes it for the column's distinct values, and the
other engine looks the results up. Whatever is neither is refused by name.
"""
