"""The receipt of what a guardian agreed to, in the shape of ISO/IEC TS 27560:2023 as the W3C DPV guide writes it.

Ids are opaque: no name, address or birth date of a learner stands in it (requirement 42).
"""

from datetime import UTC, datetime
from typing import Any

from guardian.consent.domain import Current
from guardian.consent.view import Child, View
from guardian.settings import Settings

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560"
EVENT_STATES = {
    "given": "ConsentGiven",
    "declined": "ConsentRefused",
    "withdrawn": "ConsentWithdrawn",
    "revoked": "ConsentRevoked",
    "expired": "ConsentExpired",
    "void": "ConsentInvalidated",
    "stale": "ConsentRequested",
}
"""DPV 2.3: `ConsentTerminated` of the guide's text does not exist; `ConsentRevoked` is somebody else's act."""


def receipt(page: View, settings: Settings, *, language: str, withdrawal_url: str) -> dict[str, Any]:
    """All that stands on record for the guardian's children, one record per child."""
    words = sorted(page.words.values(), key=lambda word: word.recorded_at)
    return {
        "schema_version": SCHEMA,
        "receipt_id": str(words[-1].act) if words else str(page.request.id),
        "created": _instant(words[-1].recorded_at if words else page.request.created_at),
        "records": [_record(page, settings, child, language, withdrawal_url) for child in page.children],
    }


def _record(page: View, settings: Settings, child: Child, language: str, withdrawal_url: str) -> dict[str, Any]:
    shown = page.notice.shown(language)
    words = [word for word in page.words.values() if word.learner == child.id]
    return {
        "record_id": f"{page.request.id}/{child.id}",
        "pii_principal_id": str(child.id),
        "jurisdiction": page.school.jurisdiction,
        "privacy_notice": {
            "id": str(page.notice.id),
            "version": str(page.notice.version),
            "language": shown.language,
            "sha256": shown.sha256,
            "url": shown.text.online_notice_url,
        },
        "language": shown.language,
        "processing": [_processing(page, word, language) for word in words],
        "storage_locations": [shown.text.transfers],
        "recipient_third_parties": [party.identity_or_category for party in shown.text.third_parties],
        "withdrawal_method": withdrawal_url,
        "privacy_rights": ["access", "rectify", "erase", "restrict", "object", "portability", "complain"],
        "authority_party": settings.complaint_authority,
        "pii_controllers": [
            {
                "party_id": settings.base_url,
                "party_name": settings.operator_name,
                "party_address": settings.operator_address,
                "party_contact": settings.operator_email,
                "phone": settings.operator_phone,
                "party_type": "controller",
            }
        ],
        "events": [_event(word, page) for word in words],
    }


def _processing(page: View, word: Current, language: str) -> dict[str, Any]:
    text = page.notice.shown(language).text.purposes.get(word.purpose)
    known = next((purpose for purpose in page.notice.purposes if purpose.code == word.purpose), None)
    return {
        "purpose": word.purpose,
        "purpose_title": text.title if text else word.purpose,
        "lawful_basis": "eu-gdpr:A6-1-a",
        "collection_method": "from_learner_while_using_the_service",
        "processing_method": "automated",
        "processing_locations": page.notice.shown(language).text.transfers,
        "pii_information": [
            {"pii_type": item.name, "pii_optional": not (known and known.core)} for item in (text.items if text else ())
        ],
        "retention_period": known.retention if known else None,
        "decision": word.state,
    }


def _event(word: Current, page: View) -> dict[str, Any]:
    return {
        "event_state": EVENT_STATES[word.state],
        "event_type": "ExpressedConsent",
        "event_time": _instant(word.recorded_at),
        "completed_at": _instant(word.completed_at) if word.completed_at else None,
        "validity_duration": _instant(word.valid_until) if word.valid_until else None,
        "entity_id": str(page.guardian.id),
        "entity_type": "ParentOfDataSubject",
        "purpose": word.purpose,
        "act": str(word.act),
        "method": word.method,
        "notice_version": word.notice_version,
        "expression": "button pressed on the guardian's page",
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
