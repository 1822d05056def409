"""Where SQL runs. One dialect is written: DuckDB's."""
