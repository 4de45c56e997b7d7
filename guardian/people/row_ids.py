"""Ids for many rows at once, made by the database."""


def row_id_sql(turn: str, lane: int, unix_ms: int) -> str:
    """An SQL expression for a version 7 UUID (RFC 9562 section 5.7) that rises with `turn`, a positive integer.

    PostgreSQL 15 has no `uuidv7()`. The counter lies in the low bits of the time and in `rand_a` (methods 1 and 4 of
    section 6.2); 60 bits stay random. `lane` (0 to 3) tells kinds of things with the same turn apart.
    """
    return (
        f"(lpad(to_hex({unix_ms} + ({turn} >> 12)), 12, '0') || '7' || lpad(to_hex({turn} & 4095), 3, '0') "
        f"|| '{'89ab'[lane]}' || substr(replace(gen_random_uuid()::text, '-', ''), 18))::uuid"
    )
