"""The indexes that nbgrader's tables lack: without them Formgrader's lists take minutes for a large class."""

from typing import Any

from sqlalchemy import Column, Engine, Index, MetaData, String, Table, create_engine, inspect
from sqlalchemy.schema import CreateIndex

WANTED = (
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
    ("submitted_notebook", "assignment_id"),
    ("submitted_assignment", "student_id"),
    ("base_cell", "notebook_id"),
    ("source_cell", "notebook_id"),
)


def missing(url: str) -> list[str]:
    """Return the columns of a gradebook that should have an index and have none, as `table.column`.

    Args:
        url: Where the gradebook is, as SQLAlchemy writes it; nothing is written there.
    """
    engine = create_engine(url)
    try:
        return [f"{table}.{column}" for table, column in _missing(engine)]
    finally:
        engine.dispose()


def create(url: str) -> list[str]:
    """Create the indexes that are missing, and change nothing else.

    Args:
        url: Where the gradebook is, as SQLAlchemy writes it.

    Returns:
        The columns that have one now and had none, as `table.column`.
    """
    engine = create_engine(url)
    try:
        lacking = _missing(engine)
        with engine.begin() as connection:
            for table, column in lacking:
                connection.execute(statement(table, column))
        return [f"{table}.{column}" for table, column in lacking]
    finally:
        engine.dispose()


def statement(table: str, column: str) -> CreateIndex:
    """Return the statement that creates an index where there is none of its name."""
    indexed = Table(table, MetaData(), Column(column, String))  # not nbgrader's own, which stays as it is
    return CreateIndex(Index(f"autograder_{table}_{column}", indexed.c[column]), if_not_exists=True)


def _missing(engine: Engine) -> list[tuple[str, str]]:
    """Return the tables and columns that no index and no unique constraint begins with."""
    inspector = inspect(engine)
    there = set(inspector.get_table_names())
    return [
        (table, column)
        for table, column in WANTED
        if table in there and column not in _first_columns(inspector, table)
    ]


def _first_columns(inspector: Any, table: str) -> set[str | None]:
    found = (*inspector.get_indexes(table), *inspector.get_unique_constraints(table))
    return {one["column_names"][0] for one in found}
