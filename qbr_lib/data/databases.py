"""Databases and warehouses through ADBC: Arrow from end to end."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qbr_lib.errors import SourceError
from qbr_lib.parameters import Source, fill_secrets


@contextmanager
def connect(source: Source) -> Iterator[Any]:
    """Connect to the database of a source by the ADBC driver of its URL's scheme.

    Raises
    ------
    SourceError
        If there is no driver or the database does not answer; the message holds no secret.
    """
    url = fill_secrets(str(source.url), where="org.yml, 'source.url'")
    scheme = url.split(":", 1)[0].split("+", 1)[0].lower()
    module = {"postgres": "postgresql", "grpc": "flightsql"}.get(scheme, scheme)
    try:
        driver = importlib.import_module(f"adbc_driver_{module}.dbapi")
    except ImportError as err:
        raise SourceError(
            "No driver for the database",
            where="org.yml, 'source.url'",
            got=f"'{scheme}:…'",
            wanted="postgresql, sqlite; with the warehouse extra snowflake, bigquery, flightsql",
            edit="install the extra, or change 'source.url'",
        ) from err
    address = url.removeprefix("sqlite://").removeprefix("/") if scheme == "sqlite" else url
    if scheme == "sqlite" and url.startswith("sqlite:////"):
        address = "/" + address.lstrip("/")
    try:
        connection = driver.connect(address)
    except Exception as err:
        raise SourceError(
            "The database cannot be reached",
            where="org.yml, 'source.url'",
            got=_without_secrets(str(err), url),
            wanted="a database that answers at this address with these credentials",
            edit="check the address and the environment's values",
        ) from err
    try:
        yield connection
    finally:
        connection.close()


def has_table(database: Any, name: str) -> bool:
    """Tell whether a database has a table or view, named alone or after its schema and a dot."""
    *schema, table = name.split(".")
    listed = database.adbc_get_objects(
        depth="tables", db_schema_filter=schema[-1] if schema else None, table_name_filter=table
    )
    catalogs = listed.read_all().to_pylist()
    schemas = [one for catalog in catalogs for one in catalog["catalog_db_schemas"] or []]
    tables = [one for place in schemas for one in place["db_schema_tables"] or []]
    return any(one["table_name"] == table for one in tables)


def _without_secrets(text: str, url: str) -> str:
    credentials = url.split("@", 1)[0].split("//", 1)[-1] if "@" in url else ""
    for part in [url, credentials, *credentials.split(":")]:
        if part:
            text = text.replace(part, "…")
    return " ".join(text.split())[:200]
