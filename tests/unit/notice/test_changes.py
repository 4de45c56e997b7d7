"""What a draft changes, what of it is material whatever the publisher says, and which answers it leaves standing."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.access.store import terms_from
from guardian.i18n import LANGUAGES
from guardian.notice.changes import Changes, changes, marked, stale
from guardian.notice.defaults import default_draft
from guardian.notice.domain import Coverage, Draft, Notice, NoticeText, Purpose, PurposeText, Shown, missing
from guardian.notice.required import PURPOSE, SETTINGS, TEXT, requirement_of
from guardian.settings import Settings

DRAFT = default_draft(Settings())
IN_FORCE = Notice(
    id=UUID(int=1), version=1, material=True, published_at=datetime(2026, 9, 1, tzinfo=UTC), purposes=DRAFT.purposes,
    texts={name: Shown(language=name, text=text, sha256="") for name, text in DRAFT.texts.items()},
)  # fmt: skip


def with_recordings(**change: object) -> Draft:
    purposes = tuple(msgspec.structs.replace(p, **change) if p.code == "recordings" else p for p in DRAFT.purposes)
    return msgspec.structs.replace(DRAFT, purposes=purposes)


def with_text(**change: object) -> Draft:
    return msgspec.structs.replace(
        DRAFT, texts={**DRAFT.texts, "fr": msgspec.structs.replace(DRAFT.texts["fr"], **change)}
    )


def found(draft: Draft) -> Changes:
    return changes(IN_FORCE, draft)


def test_every_field_of_a_text_is_asked_for_by_name() -> None:
    plain = {name for name in NoticeText.__struct_fields__ if name not in {"operator", "purposes", "third_parties"}}
    assert {one.field for one in TEXT if "." not in one.field} == plain
    assert {one.field for one in PURPOSE} == set(PurposeText.__struct_fields__)
    assert {f"312.4(c)(1)({number})" for number in ("i", "ii", "iii", "iv", "v", "vi", "vii")} <= {
        source.removeprefix("16 CFR ") for one in (*TEXT, *PURPOSE, *SETTINGS) for source in one.sources
    }


def test_everything_that_can_be_missing_has_a_name() -> None:
    hollow = Draft(
        purposes=(Purpose(code="a b", core=True, commercial=True, disclosure=True, retention=""),
                  Purpose(code="x", retention="P1Y", minimum_method="signed_form")),
        texts={"en": NoticeText(purposes={"gone": PurposeText()}), "fr": NoticeText()},
    )  # fmt: skip
    places = missing(hollow, LANGUAGES)
    assert len(places) > 60
    assert all(requirement_of(place).title for place in places)
    assert {"pl", "en.purposes", "en.third_parties", "purposes.x.minimum_method", "purposes.a b.recipients"} <= {
        *places
    }


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, "same"),
        ({"retention": "P91D"}, "wider"),
        ({"retention": "P4M"}, "wider"),
        ({"retention": "P89D"}, "reworded"),
        ({"retention": "P12W"}, "reworded"),
        ({"categories": ("voice_and_picture", "chat", "face")}, "wider"),
        ({"categories": ("chat",)}, "reworded"),
        ({"recipients": ("class", "hosting", "partner")}, "wider"),
        ({"disclosure": True}, "wider"),
        ({"commercial": True}, "wider"),
        ({"guardian_always": True}, "reworded"),
        ({"core": True}, "reworded"),
    ],
)
def test_what_makes_a_purpose_wider(change: dict[str, object], kind: str) -> None:
    (one,) = [each for each in found(with_recordings(**change)).purposes if each.code == "recordings"]
    assert one.kind == kind


def test_new_and_gone_purposes() -> None:
    new = Purpose(code="homework", retention="P1Y", categories=("answers",))
    one = found(msgspec.structs.replace(DRAFT, purposes=(*DRAFT.purposes[1:], new)))
    assert {each.code: each.kind for each in one.purposes} == {
        "recordings": "same", "analytics": "same", "newsletter": "same", "homework": "new", "lessons": "gone",
    }  # fmt: skip
    assert one.must_ask == ("homework",)
    assert all(each.kind == "new" for each in changes(None, DRAFT).purposes)


def test_a_shared_practice_concerns_every_purpose_and_a_kinder_word_none() -> None:
    assert found(with_text(intro="Autrement dit.")).may_ask == ()
    assert found(with_text(recipients="Tout le monde.")).may_ask == ("lessons", "recordings", "analytics", "newsletter")
    assert found(with_text(recipients="Tout le monde.")).must_ask == ()


def test_which_answers_go_stale() -> None:
    wider = with_recordings(retention="P1Y")
    assert stale(found(wider), wider) == ("recordings",)
    chosen = msgspec.structs.replace(wider, changed=("analytics",))
    assert stale(found(chosen), chosen) == ("analytics", "recordings")  # what is wider cannot be left out
    assert stale(found(DRAFT), DRAFT) is None  # published anew on purpose: everybody is asked


@given(
    material=st.lists(st.none() | st.sets(st.sampled_from("abc")), max_size=6),
    purpose=st.sampled_from("abcd"),
    version=st.integers(0, 8),
)
def test_an_answer_covers_what_came_after_it_unless_its_purpose_changed(
    material: list[set[str] | None], purpose: str, version: int
) -> None:
    coverage = Coverage()
    for number, changed in enumerate(material, start=1):
        coverage = coverage.then(number, changed)
    touched = [
        n for n, changed in enumerate(material, start=1) if n > version and (changed is None or purpose in changed)
    ]
    covers = coverage.covers(purpose, version)
    assert covers >= version
    assert (covers < coverage.material_since) == bool(touched)


def test_a_strong_method_is_asked_of_the_decision_as_of_a_disclosure() -> None:
    strong = with_recordings(minimum_method="signed_form", guardian_always=True)
    terms = terms_from(strong.purposes, 2, Coverage(material_since=2))
    assert {code: one.disclosure for code, one in terms.purposes.items() if one.disclosure} == {"recordings": True}
    assert missing(strong, LANGUAGES) == ()
    assert missing(with_recordings(minimum_method="signed_form"), LANGUAGES) == ("purposes.recordings.minimum_method",)


@given(st.text(), st.text())
def test_marked_pieces_make_up_both_texts(old: str, new: str) -> None:
    left, right = marked(old, new)
    assert ("".join(piece for piece, _ in left), "".join(piece for piece, _ in right)) == (old, new)
    assert [piece for piece, only in left if not only] == [piece for piece, only in right if not only]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("word", [" ", "a ", "a b ", "a\n", "á"])
def test_long_and_dull_texts_are_compared_in_time(word: str) -> None:
    old, new = (word * 10_000)[:10_000], (word * 10_000)[1:9_999]
    left, right = marked(old, new)
    assert ("".join(piece for piece, _ in left), "".join(piece for piece, _ in right)) == (old, new)
