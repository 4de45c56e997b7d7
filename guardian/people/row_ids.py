"""Ids for many rows at once, made by the database."""

from uuid import UUID


class RowIds:
    """Version 7 UUIDs (RFC 9562 section 5.7) that share an instant and 42 random bits, and end in a counter of 32 bits
    (section 6.2, method 1). They rise with the counter, so that indexes grow at their end; one base serves one table
    in one command.
    """

    def __init__(self, made: UUID) -> None:
        self._base = made.hex[:24]

    def sql(self, turn: str) -> str:
        """The id that belongs to a number (an SQL expression between 0 and 2^32)."""
        return f"('{self._base}' || lpad(to_hex({turn}), 8, '0'))::uuid"
