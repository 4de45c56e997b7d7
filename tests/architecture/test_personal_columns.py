"""Every column that holds personal data has a rule that empties it, and every such rule has a column."""

from guardian.db.tables import PERSONAL, TABLES

TAGGED = {
    (table._meta.tablename, column._meta.name): (column._meta.help_text or "").partition(":")[2].strip()
    for table in TABLES
    for column in table._meta.columns
    if (column._meta.help_text or "").startswith("personal:")
}
RULED = {(table, column): rule for table, columns in PERSONAL.items() for column, rule in columns.items()}


def test_each_personal_column_has_the_purge_rule_that_its_tag_names() -> None:
    assert TAGGED == RULED


def test_no_rule_is_empty() -> None:
    assert [place for place, rule in RULED.items() if not rule] == []


def test_columns_that_sound_personal_are_tagged() -> None:
    telling = {"given_name", "family_name", "birth_date", "email", "phone", "address", "typed_name"}
    untagged = [
        (table._meta.tablename, column._meta.name)
        for table in TABLES
        for column in table._meta.columns
        if column._meta.name in telling and (table._meta.tablename, column._meta.name) not in TAGGED
    ]
    assert untagged == []
