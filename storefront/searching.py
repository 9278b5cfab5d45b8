"""Finding rows by how their words begin, in lists of any length.

Where few rows have a word, its index leads to them. What very many have is not gathered: such a list is walked from its
newest row on, where it meets them soon, and one page walks no further than REACH rows.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    delete,
    event,
    exists,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session, aliased

FEW = 20_000
REACH = 20_000
LONGEST_TERM = 60
# Sorts behind every character that text can hold.
_BEHIND = "\U0010ffff"


def plain_text(length: int) -> String:
    """Return the type of a text compared byte by byte everywhere, so that a beginning is a range of its index."""
    return String(length, collation="C").with_variant(String(length), "sqlite")


def begins(column: Any, word: str) -> ColumnElement[bool]:
    """Match what begins like this, exactly as it is written."""
    return and_(column >= word, column < word + _BEHIND)


def how_many(session: Session, queries: Sequence[Select[Any]]) -> list[int]:
    """Return how many rows each query has, at most one more than FEW, in one question."""
    if not queries:
        return []
    counts = [select(func.count()).select_from(each.limit(FEW + 1).subquery()).scalar_subquery() for each in queries]
    return [int(count) for count in session.execute(select(*counts)).one()]


class Words:
    """Rows that are found by words in a table of their own: `term` holds them, `owner` the row's id."""

    def __init__(self, term: InstrumentedAttribute[str], owner: InstrumentedAttribute[int]) -> None:
        self._model, self._term, self._owner = term.class_, term, owner

    def follow(self, model: type[Any], sources: Sequence[str], terms_of: Callable[[Any], set[str]]) -> None:
        """Keep the words of the rows of `model` as `terms_of` makes them of these columns, in the same transaction."""

        def write(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
            terms = [{self._term.key: term, self._owner.key: row.id} for term in sorted(terms_of(row))]
            if terms:
                connection.execute(insert(self._model), terms)

        def write_again(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
            state = inspect(row)
            if any(state.attrs[name].history.has_changes() for name in sources):
                connection.execute(delete(self._model).where(self._owner == row.id))
                write(mapper, connection, row)

        event.listen(model, "after_insert", write)
        event.listen(model, "after_update", write_again)

    def of(self, word: str) -> Select[int]:
        """Return the query for the ids of the rows that have a word beginning like this."""
        return select(self._owner).where(begins(self._term, word[:LONGEST_TERM]))

    def all_of(self, words: Sequence[str], counts: Sequence[int]) -> Select[int] | None:
        """Return the query for the ids that have every word, begun at the rarest; None where none is rare."""
        rarest = min(range(len(words)), key=counts.__getitem__)
        if counts[rarest] > FEW:
            return None
        others = [word for place, word in enumerate(words) if place != rarest]
        return self.of(words[rarest]).where(self.has(self._owner, others))

    def has(self, row_id: Any, words: Sequence[str]) -> ColumnElement[bool]:
        """Match the row with this id if it has every word."""
        return and_(True, *(self._has(row_id, word[:LONGEST_TERM]) for word in words))

    def _has(self, row_id: Any, word: str) -> ColumnElement[bool]:
        other = aliased(self._model)
        term, owner = getattr(other, self._term.key), getattr(other, self._owner.key)
        return exists().where(owner == row_id, begins(term, word))
