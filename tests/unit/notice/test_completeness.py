"""A notice that lacks what a law asks for is never published (LAW requirements 19, 57, 58)."""

import msgspec
import pytest

from guardian.i18n import LANGUAGES
from guardian.notice.defaults import default_draft
from guardian.notice.domain import Draft, Item, NoticeText, Purpose, PurposeText, ThirdParty, content_sha256, missing
from guardian.settings import Settings

SHIPPED = default_draft(Settings())
# 16 CFR 312.4(c)(1)(i)-(vii) and GDPR art. 13/14, each as one field of the text
REQUIRED = [
    "title", "intro", "source_of_contact", "no_consent_no_collection", "disclosure", "online_notice_url",
    "how_to_consent", "deletion_deadline", "legal_basis", "recipients", "transfers", "retention", "rights",
    "withdrawal", "complaint", "statutory_need", "automated_decisions",
]  # fmt: skip


def _with(language: str, **changes: object) -> Draft:
    text = msgspec.structs.replace(SHIPPED.texts[language], **changes)
    return msgspec.structs.replace(SHIPPED, texts={**SHIPPED.texts, language: text})


def test_the_shipped_notice_is_complete_in_every_language() -> None:
    assert missing(SHIPPED, LANGUAGES) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_notice_is_filled_in_from_the_settings(language: str) -> None:
    settings = Settings(operator_name="Bright Lessons", operator_phone="+1 555 0100", request_days=9)
    text = default_draft(settings).texts[language]
    written = msgspec.json.encode(text).decode()
    assert text.operator.name == "Bright Lessons"
    assert text.operator.phone == "+1 555 0100"
    assert "9" in text.deletion_deadline
    assert "%(" not in written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", REQUIRED)
def test_an_empty_field_in_any_language_is_named(language: str, field: str) -> None:
    assert missing(_with(language, **{field: "  "}), LANGUAGES) == (f"{language}.{field}",)


@pytest.mark.parametrize("field", ["name", "address", "phone", "email"])
def test_the_operator_is_named_whole(field: str) -> None:
    operator = msgspec.structs.replace(SHIPPED.texts["fr"].operator, **{field: ""})
    assert missing(_with("fr", operator=operator), LANGUAGES) == (f"fr.operator.{field}",)


def test_a_language_that_lacks_altogether_is_named() -> None:
    texts = {language: text for language, text in SHIPPED.texts.items() if language != "pl"}
    assert missing(msgspec.structs.replace(SHIPPED, texts=texts), LANGUAGES) == ("pl",)


@pytest.mark.parametrize(
    "words",
    [
        PurposeText(title="T", why="w", kept="k"),  # no items
        PurposeText(title="T", why="w", kept="k", items=(Item(name="Name"),)),  # an item without its use
    ],
)
def test_each_item_says_how_it_is_used(words: PurposeText) -> None:
    purposes = {**SHIPPED.texts["en"].purposes, "lessons": words}
    assert missing(_with("en", purposes=purposes), LANGUAGES) == ("en.purposes.lessons.items",)


def test_third_parties_are_named_when_a_purpose_discloses() -> None:
    purposes = tuple(msgspec.structs.replace(p, disclosure=p.code == "analytics") for p in SHIPPED.purposes)
    lacking = msgspec.structs.replace(_with("en", third_parties=()), purposes=purposes)
    assert missing(lacking, LANGUAGES) == ("en.third_parties",)
    assert missing(_with("en", third_parties=(ThirdParty(purpose="p"),)), LANGUAGES) == ("en.third_parties",)


@pytest.mark.parametrize("retention", ["", "forever", "P0D", "PT1H", "indefinite", "P1Y6M"])
def test_nothing_is_kept_without_an_end(retention: str) -> None:
    purposes = (msgspec.structs.replace(SHIPPED.purposes[0], retention=retention), *SHIPPED.purposes[1:])
    assert missing(msgspec.structs.replace(SHIPPED, purposes=purposes), LANGUAGES) == ("purposes.lessons.retention",)


def test_a_notice_needs_a_core_purpose_and_it_is_not_commercial() -> None:
    optional = tuple(p for p in SHIPPED.purposes if not p.core)
    assert "purposes.core" in missing(msgspec.structs.replace(SHIPPED, purposes=optional), LANGUAGES)
    selling = (
        Purpose(code="lessons", core=True, commercial=True, retention="P1Y", categories=("chat",)),
        *SHIPPED.purposes[1:],
    )
    assert missing(msgspec.structs.replace(SHIPPED, purposes=selling), LANGUAGES) == ("purposes.lessons.commercial",)


def test_the_hash_is_of_the_words_and_not_of_their_order() -> None:
    text = SHIPPED.texts["en"]
    again = msgspec.json.decode(msgspec.json.encode(text, order="deterministic"), type=NoticeText)
    assert content_sha256(again) == content_sha256(text)
    assert content_sha256(msgspec.structs.replace(text, intro=text.intro + " ")) != content_sha256(text)
