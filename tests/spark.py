"""Spark for the tests: ``python -m tests.spark`` installs PySpark where there is Java and PySpark lacks.

By pip and not with the other packages: half a gigabyte that only these tests need. Spark runs on two cores inside the
test's own process group, bound to this machine alone, and writes into a folder that is removed with it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_VERSION = "pyspark==4.3.0"
_SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    # Short statements on few rows: what Java's second compiler would gain it would not earn back.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.session.timeZone": "Europe/Berlin",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def has_java() -> bool:
    """Whether Spark can be started here."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (home is not None and (Path(home) / "bin" / "java").exists())


@contextmanager
def running_spark(cores: int = 2, **settings: str) -> Iterator[Any]:
    """Give a Spark session on this machine; skips the test where there is no Java."""
    if not has_java():
        pytest.skip("Spark needs Java, which is not installed here.")
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="spark-tests-"))
    builder = SparkSession.builder.master(f"local[{cores}]").appName("tests")
    chosen = _SETTINGS | {"spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.local.dir": str(folder)}
    for key, value in (chosen | settings).items():
        builder = builder.config(key, value)
    try:
        with warnings.catch_warnings():
            # PySpark says of itself that it does not know pandas 3; no frame goes through pandas here.
            warnings.simplefilter("ignore")
            session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        try:
            yield session
        finally:
            session.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__" and has_java() and importlib.util.find_spec("pyspark") is None:
    subprocess.run(["pip", "--python", sys.executable, "install", _VERSION], check=True)
