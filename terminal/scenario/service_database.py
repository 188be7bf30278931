"""The database of a service that is swept: its own, empty at first and emptied again and again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, delete, exists, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from terminal.backoffice.database import StoreError, connect, is_url, label_of, translated
from terminal.backoffice.tables import metadata

_TABLES = tuple(reversed(metadata.sorted_tables))
_END_CONNECTIONS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = :name"
)


class SweepDatabase:
    """The store at a path or URL, which must be empty. `where` names it for the service, `direct` for everybody else.

    `serves_backends`: whether it is a server, whose end of a connection can be broken. Raises StoreError.
    """

    def __init__(self, where: str) -> None:
        self.direct = self.where = where
        self.serves_backends = is_url(where)
        self._name = f"ssc-sweep-{os.getpid()}"
        with self._transaction() as connection:
            if any(connection.scalar(select(exists().select_from(table))) for table in _TABLES):
                raise StoreError(
                    f"{label_of(where)}: holds a centre already, and a sweep empties its database; name one of its own"
                )
        if self.serves_backends:
            url = make_url(where).update_query_dict({"application_name": self._name})
            self.where = url.render_as_string(hide_password=False)

    def empty(self) -> None:
        """Delete every row, once nothing that was begun is still under way."""
        with self._transaction() as connection:
            if self.serves_backends:
                names = ", ".join(table.name for table in _TABLES)
                connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
            for table in _TABLES:
                connection.execute(delete(table))

    def end_connections(self) -> None:
        """End the database server's side of every connection of the service."""
        with self._transaction() as connection:
            connection.execute(_END_CONNECTIONS, {"name": self._name}).all()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with closing(connect(self.direct)) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise translated(error, label_of(self.direct)) from None


@contextmanager
def sweep_database(where: str | None) -> Iterator[SweepDatabase]:
    """The database at a path or URL, left empty; None makes a SQLite file that is not kept. Raises StoreError."""
    with TemporaryDirectory(prefix="ssc-sweep-") as directory:
        database = SweepDatabase(where or str(Path(directory) / "centre.db"))
        try:
            yield database
        finally:
            database.empty()
