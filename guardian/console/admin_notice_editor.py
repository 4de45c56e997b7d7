"""Writing the draft of the notice: a language's text on one page, a purpose on another. Nothing need be complete."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import notice_form
from guardian.console import notice_words as words
from guardian.console.frame import OFFICERS, READ, in_room, room, same_for_strangers, sentence_of
from guardian.errors import Conflict, GuardianError, NotFound, Refused
from guardian.i18n import LANGUAGES
from guardian.notice import drafting
from guardian.notice.domain import NoticeText, Purpose
from guardian.notice.drafting import Desk
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect

_CODES_AT_MOST = 40


@route("/admin/notices/draft/text/{language:str}", http_method=READ, include_in_schema=False)
async def text_page(request: AnyRequest, language: FromPath[str]) -> Response[Any]:
    """The text of one language, field by field, with the rule that asks for each."""
    await in_room(request, *OFFICERS)
    desk = await _desk(request)
    return redirect("/admin/notices") if desk is None else _text_form(request, desk, language)


@post("/admin/notices/draft/text/{language:str}", include_in_schema=False)
async def save_text(request: AnyRequest, language: FromPath[str]) -> Response[Any]:
    """Save it, complete or not."""
    form = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    desk = await _desk(request)
    if desk is None:
        return redirect("/admin/notices")
    codes = tuple(purpose.code for purpose in desk.draft.purposes)
    try:
        text = notice_form.text_of(form, codes)
        await drafting.save_text(context_of(request), actor, language, text, seen=form.get("seen", ""))
    except Refused as error:
        return _text_form(request, desk, language, typed=form, error=error, status=422)
    except Conflict as error:
        return _text_form(request, desk, language, typed=form, error=error, status=409)
    return redirect("/admin/notices/draft?done=saved")


@route("/admin/notices/draft/purpose", http_method=READ, include_in_schema=False)
async def purpose_page(request: AnyRequest) -> Response[Any]:
    """What a purpose is, in no language; a new one where no code is given."""
    await in_room(request, *OFFICERS)
    desk = await _desk(request)
    if desk is None:
        return redirect("/admin/notices")
    code = request.query_params.get("code", "")
    found = next((one for one in desk.draft.purposes if one.code == code), None)
    if code and found is None:
        raise same_for_strangers()
    return _purpose_form(request, desk, _typed(found) if found else {}, known=found is not None)


@post("/admin/notices/draft/purpose", include_in_schema=False)
async def save_purpose(request: AnyRequest) -> Response[Any]:
    """Save it."""
    form = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    desk = await _desk(request)
    if desk is None:
        return redirect("/admin/notices")
    known = any(one.code == form.get("code") for one in desk.draft.purposes)
    try:
        await drafting.save_purpose(context_of(request), actor, _purpose_of(form), seen=form.get("seen", ""))
    except Refused as error:
        return _purpose_form(request, desk, form, known=known, error=error, status=422)
    except Conflict as error:
        return _purpose_form(request, desk, form, known=known, error=error, status=409)
    return redirect("/admin/notices/draft?done=saved")


@post("/admin/notices/draft/purpose/drop", include_in_schema=False)
async def drop_purpose(request: AnyRequest) -> Response[Any]:
    """Take a purpose out."""
    form = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    await drafting.drop_purpose(context_of(request), actor, form.get("code", ""), seen=form.get("seen", ""))
    return redirect("/admin/notices/draft?done=saved")


async def _desk(request: AnyRequest) -> Desk | None:
    actor = await in_room(request, *OFFICERS)
    try:
        return await drafting.look(context_of(request), actor)
    except NotFound:
        return None


def _text_form(
    request: AnyRequest, desk: Desk, language: str, *, typed: Mapping[str, str] | None = None,
    error: GuardianError | None = None, status: int = 200,
) -> Page:  # fmt: skip
    if language not in LANGUAGES:
        raise same_for_strangers()
    codes = tuple(purpose.code for purpose in desk.draft.purposes)
    text = desk.draft.texts.get(language, NoticeText())
    shown = notice_form.boxes(text, codes)
    empty = {lack.place for lack in words.lacks(desk.missing)}
    return room(
        request, "notice_text.html", status=status, boxes=shown, typed=typed or {}, written=language, words=words,
        codes=codes, text=text, seen=desk.draft.sha256, where=error.where if error else "", empty=empty,
        message=sentence_of(request, error) if error else None,
    )  # fmt: skip


def _purpose_form(
    request: AnyRequest, desk: Desk, typed: Mapping[str, str], *, known: bool, error: GuardianError | None = None,
    status: int = 200,
) -> Page:  # fmt: skip
    return room(
        request, "notice_purpose.html", status=status, typed=typed, known=known, seen=desk.draft.sha256, words=words,
        where=error.where if error else "", message=sentence_of(request, error) if error else None,
    )  # fmt: skip


def _typed(purpose: Purpose) -> dict[str, str]:
    ticked = {name: "yes" for name in words.SETTINGS if getattr(purpose, name)}
    return ticked | {
        "code": purpose.code,
        "retention": purpose.retention,
        "categories": " ".join(purpose.categories),
        "recipients": " ".join(purpose.recipients),
        "minimum_method": purpose.minimum_method,
    }


def _purpose_of(form: Mapping[str, str]) -> Purpose:
    return Purpose(
        code=form.get("code", "")[:100],
        core=form.get("core") == "yes",
        disclosure=form.get("disclosure") == "yes",
        commercial=form.get("commercial") == "yes",
        guardian_always=form.get("guardian_always") == "yes",
        retention=form.get("retention", "").upper()[:32],
        categories=_codes(form.get("categories", "")),
        recipients=_codes(form.get("recipients", "")),
        minimum_method="signed_form" if form.get("minimum_method") == "signed_form" else "email_plus",
    )


def _codes(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word[:64] for word in written.replace(",", " ").split()))[:_CODES_AT_MOST]


ROUTES: list[Any] = [text_page, save_text, purpose_page, save_purpose, drop_purpose]
