"""A shop in three kinds of database, with what goes wrong in shops."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from mlqa_widgets.databases.catalogue import CatalogueColumn
from tests.postgres import Postgres

CUSTOMERS = 40
ORDERS = 300

_POSTGRES = """
CREATE TYPE standing AS ENUM ('new', 'regular', 'gone');
CREATE SCHEMA archive;
CREATE TABLE customers (
  id integer PRIMARY KEY, name varchar(40) NOT NULL, standing standing, updated_at timestamptz DEFAULT now());
CREATE TABLE products (code text PRIMARY KEY, price numeric(10, 2), changed date);
CREATE TABLE orders (
  id integer PRIMARY KEY, customer_id integer REFERENCES customers, made_at timestamp, due date);
CREATE TABLE order_lines (
  order_id integer REFERENCES orders, line integer, product text REFERENCES products, amount integer,
  PRIMARY KEY (order_id, line));
CREATE TABLE couriers (id integer PRIMARY KEY, hired date);
CREATE TABLE rates_old (day date, rate double precision);
CREATE TABLE archive.orders (id integer, made_at timestamp);
CREATE VIEW large_orders AS SELECT * FROM orders WHERE id > 290;
COMMENT ON TABLE orders IS 'What was ordered; one row per order';
COMMENT ON COLUMN orders.made_at IS 'When the customer sent it, UTC';
COMMENT ON COLUMN orders.due IS 'Promised day of delivery';
INSERT INTO customers SELECT i, 'Customer ' || i, 'regular', '2024-06-01'::timestamptz + i * interval '1 hour'
  FROM generate_series(1, 40) i;
INSERT INTO products SELECT 'P' || i, i * 1.25, '2024-05-20'::date + i FROM generate_series(1, 10) i;
INSERT INTO orders SELECT i, 1 + i % 40, '2024-01-01'::timestamp + i * interval '12 hours', '2030-01-01'
  FROM generate_series(1, 300) i;
INSERT INTO order_lines SELECT i, 1, 'P' || (1 + i % 10), i % 5 FROM generate_series(1, 300) i;
INSERT INTO rates_old SELECT '2015-01-01'::date + i, i / 7.0 FROM generate_series(1, 100) i;
ANALYZE;
"""

_SQLITE = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders ( -- What was ordered; one row per order
  id INTEGER PRIMARY KEY,
  customer_id INTEGER REFERENCES customers (id),  -- who ordered
  made_at TIMESTAMP, -- When the customer sent it, UTC
  due DATE -- Promised day of delivery
);
CREATE VIEW large_orders AS SELECT * FROM orders WHERE id > 290;
CREATE TABLE couriers (id INTEGER PRIMARY KEY, hired DATE);
"""

_DUCKDB = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), made_at TIMESTAMP, due DATE);
CREATE VIEW large_orders AS SELECT * FROM orders WHERE id > 290;
CREATE TABLE couriers (id INTEGER PRIMARY KEY, hired DATE);
COMMENT ON TABLE orders IS 'What was ordered; one row per order';
COMMENT ON COLUMN orders.made_at IS 'When the customer sent it, UTC';
COMMENT ON COLUMN orders.due IS 'Promised day of delivery';
INSERT INTO customers SELECT i, 'Customer ' || i FROM range(1, 41) t (i);
INSERT INTO orders SELECT i, 1 + i % 40, TIMESTAMP '2024-01-01' + i * INTERVAL 12 HOUR, DATE '2030-01-01'
  FROM range(1, 301) t (i);
"""


def column(name: str) -> CatalogueColumn:
    """Return a column of times."""
    return CatalogueColumn(name, "timestamp", is_time=True)


@pytest.fixture(scope="session")
def shop(postgres: Postgres) -> str:
    """Give the connection string of the shop in PostgreSQL, password and all."""
    url = postgres.create("shop")
    with postgres.connect("shop") as connection:
        connection.execute(_POSTGRES)
    return url


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the path of the shop in SQLite: some orders name a customer that is not there."""
    path = tmp_path_factory.mktemp("sqlite") / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SQLITE)
        customers = [(i, f"Customer {i}") for i in range(1, CUSTOMERS + 1)]
        connection.executemany("INSERT INTO customers VALUES (?, ?)", customers)
        orders = [
            (i, 1 + i % (CUSTOMERS + 2), f"2024-{1 + i // 28:02}-{1 + i % 28:02} 10:00:00", "2030-01-01")
            for i in range(1, ORDERS + 1)
        ]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", orders)
    return path


@pytest.fixture(scope="session")
def shop_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the path of the shop in DuckDB."""
    path = tmp_path_factory.mktemp("duckdb") / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(_DUCKDB)
    return path


@pytest.fixture(params=["postgres", "sqlite", "duckdb"])
def any_shop(request: pytest.FixtureRequest) -> str:
    """Give the shop, in each kind of database."""
    name = {"postgres": "shop", "sqlite": "shop_file", "duckdb": "shop_duckdb"}[request.param]
    return str(request.getfixturevalue(name))
