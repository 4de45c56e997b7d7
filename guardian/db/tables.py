"""The whole schema on one page.

Each docstring names the only module that writes the table (`Writer:`); a read may join any table.
Columns made by `personal(rule)` hold personal data; `PERSONAL` at the end lists them with their purge rule, and a
test fails when a personal column has none. Row-level security, triggers and partial indexes are SQL in
`migrations/`. States and their words: `shared` vocabulary in docs/states.md.
"""

from piccolo.columns import JSONB, UUID, BigInt, BigSerial, Bytea, Date, Integer, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from guardian.db.columns import count, digest, flag, instant, key, link, personal, word, words


class InstitutionRow(Table, tablename="institutions"):
    """A school or another institution that authorises its learners. Writer: guardian.institution.store"""

    id = key()
    name = word()
    jurisdiction = word(length=10)
    timezone = word(length=64)
    language = word(length=10)
    contact_email = personal("institution_end")
    pupil_domains = words()
    verified_domains = words()
    legal_model = word(length=32)
    state = word(length=16)
    revision = BigInt(default=0, null=False)
    created_at = instant()
    ended_at = instant(null=True)
    ck_state = Check("state in ('invited', 'active', 'ended')")


class StaffRow(Table, tablename="staff"):
    """A person who works here: of an institution, or (institution null) of the operator.
    Writer: guardian.staff.store
    """

    id = key()
    institution = link(InstitutionRow, null=True)
    email = personal("staff_end")
    email_key = personal("staff_end")
    name = personal("staff_end", length=255)
    role = word(length=32)
    language = word(length=10)
    state = word(length=16)
    created_at = instant()
    ended_at = instant(null=True)
    ck_role = Check("role in ('operator_admin', 'privacy_officer', 'institution_admin', 'roster_manager', 'read_only')")
    ck_state = Check("state in ('active', 'ended')")


class StaffSessionRow(Table, tablename="staff_sessions"):
    """A signed-in browser; the cookie's token is kept hashed.
    Writer: guardian.staff.store, guardian.demo.clock
    """

    id = key()
    staff = link(StaffRow)
    token_sha256 = digest(unique=True)
    created_at = instant()
    last_seen_at = instant()
    expires_at = instant()
    revoked_at = instant(null=True)


class PurposeRow(Table, tablename="purposes"):
    """What data is used for; a guardian answers per purpose. Writer: guardian.notice.store"""

    code = Varchar(length=64, primary_key=True, default=None)
    position = Integer(default=0, null=False)
    core = flag()
    disclosure = flag()
    commercial = flag()
    guardian_always = flag()
    retention = word(length=32)
    texts = JSONB(default="{}", null=False)


class NoticeRow(Table, tablename="notices"):
    """A version of the notice; once published it never changes. `terms`: the purposes as they were then; `changed`:
    the purposes that a material version changed (null: all). Version 0 is the one draft.
    Writer: guardian.notice.store, guardian.notice.draft_store
    """

    id = key()
    version = Integer(default=0, null=False, unique=True)
    state = word(length=16)
    material = flag(default=True)
    purposes = words()
    created_at = instant()
    published_at = instant(null=True)
    terms = JSONB(null=True, default=None)
    changed = words(null=True)
    ck_state = Check("state in ('draft', 'published', 'superseded')")


class NoticeTextRow(Table, tablename="notice_texts"):
    """The notice in one language, with the hash of exactly what was shown.
    Writer: guardian.notice.store, guardian.notice.draft_store
    """

    id = key()
    notice = link(NoticeRow)
    language = word(length=10)
    body = JSONB(default="{}", null=False)
    sha256 = word(length=64)
    uq_notice_texts = Unique([notice, language])


class AuthorisationRow(Table, tablename="authorisations"):
    """An institution's act: its learners may use the services, and data may be collected from them.
    Writer: guardian.authorisation.store
    """

    id = key()
    institution = link(InstitutionRow)
    state = word(length=24)
    legal_model = word(length=32)
    scopes = words()
    purposes = words()
    valid_from = instant()
    valid_until = instant()
    notice = link(NoticeRow, null=True)
    notice_sha256 = word(length=64, null=True)
    language = word(length=10)
    signatory_email = personal("institution_end")
    signatory_name = personal("institution_end", length=255)
    signatory_title = personal("institution_end", length=255)
    statement = word(null=True, length=1000)
    method = word(null=True, length=32)
    document_sha256 = word(length=64, null=True)
    started_by = link(StaffRow)
    created_at = instant()
    signed_at = instant(null=True)
    verified_at = instant(null=True)
    verified_by = link(StaffRow, null=True)
    ended_at = instant(null=True)
    reason = personal("institution_end", length=500)
    ck_state = Check(
        "state in ('draft', 'awaiting_signature', 'awaiting_verification', 'active', 'expired', 'revoked', "
        "'superseded', 'refused', 'suspended')"
    )
    ck_model = Check(
        "legal_model in ('school_agent', 'school_intermediary', 'controller_instruction', 'guardian_consent', "
        "'own_consent')"
    )
    ck_validity = Check("valid_from < valid_until")


class AuthorisationDocumentRow(Table, tablename="authorisation_documents"):
    """What was signed, as the bytes that were made then; `sha256` (hex) stands in the audit as well. It is never
    changed, only emptied. Writer: guardian.authorisation.store
    """

    id = key()
    authorisation = link(AuthorisationRow, index=False)
    institution = link(InstitutionRow)
    pdf = Bytea(null=True, default=None, help_text="personal: institution_end")
    sha256 = word(length=64)
    made_at = instant()
    uq_authorisation_documents = Unique([authorisation])


class LearnerRow(Table, tablename="learners"):
    """A minor whose access is decided. After erasure the row stays as an empty husk so that history keeps its
    meaning: every personal column is null and standing is `erased`. `check_at` is when the sweep must look next:
    triggers set it to -infinity whenever a fact of the learner changes, so that no change is missed and the sweep
    reads only what is due. Writer: guardian.people.store, guardian.people.checks, guardian.people.merge
    """

    id = key()
    platform_id = personal("learner_erasure", length=255)
    given_name = personal("learner_erasure", length=255)
    family_name = personal("learner_erasure", length=255)
    birth_date = personal("learner_erasure", length=10)
    email = personal("learner_erasure")
    email_key = personal("learner_erasure")
    jurisdictions = words()
    timezone = word(length=64)
    language = word(length=10)
    standing = word(length=24)
    assent = word(length=16, null=True)
    revision = BigInt(default=0, null=False)
    check_at = instant(null=True)
    created_at = instant()
    erased_at = instant(null=True)
    ck_standing = Check("standing in ('active', 'identity_held', 'reported', 'erasure_in_progress', 'erased')")
    ck_assent = Check("assent is null or assent in ('given', 'declined')")


class EnrolmentRow(Table, tablename="enrolments"):
    """A learner at an institution, under the number that the institution gave. `missing_since` is set when a later
    roster no longer lists the learner; that alone ends nothing. `mark` is a keyed digest of the roster's row, kept as
    long as learner, guardians and relations stand as the row says: a trigger takes it away when one of them changes.
    Writer: guardian.people.store, guardian.people.merge
    """

    id = key()
    learner = link(LearnerRow, index=False)  # the unique pair begins with it
    institution = link(InstitutionRow)
    student_id = personal("learner_erasure", length=255)
    class_name = word(null=True)
    begins_on = Date(null=False, default=None)
    ends_on = Date(null=True, default=None)
    missing_since = instant(null=True)
    created_at = instant()
    mark = UUID(null=True, default=None, help_text="personal: learner_erasure")
    uq_enrolments = Unique([learner, institution])


class GuardianRow(Table, tablename="guardians"):
    """A person who answers for a learner, as one institution knows that person. `unreachable_since` is set when the
    address bounced for good or complained, and cleared when it is corrected.
    Writer: guardian.people.store, guardian.people.merge
    """

    id = key()
    institution = link(InstitutionRow)
    name = personal("guardian_erasure", length=255)
    email = personal("guardian_erasure")
    email_key = personal("guardian_erasure")
    phone = personal("guardian_erasure", length=64)
    language = word(length=10)
    unreachable_since = instant(null=True)
    created_at = instant()
    erased_at = instant(null=True)


class GuardianshipRow(Table, tablename="guardianships"):
    """That a guardian stands in a relation to a learner, and with what authority.
    Writer: guardian.people.store, guardian.people.merge
    """

    id = key()
    learner = link(LearnerRow, index=False)  # the unique pair begins with it
    guardian = link(GuardianRow)
    relationship = word(length=32)
    authority = word(length=16)
    eligible = word(length=8)
    position = Integer(default=0, null=False)
    created_at = instant()
    ended_at = instant(null=True)
    uq_guardianships = Unique([learner, guardian])
    ck_authority = Check("authority in ('full', 'limited', 'none')")
    ck_eligible = Check("eligible in ('yes', 'no', 'ask')")


class CorrectionRow(Table, tablename="corrections"):
    """That staff corrected a field by hand and what the roster said instead: imports keep the correction until the
    file agrees or staff drops it. Of a learner, of a guardian, or (both) of their relation.
    Writer: guardian.people.corrections
    """

    id = key()
    institution = link(InstitutionRow)
    learner = link(LearnerRow, null=True)
    guardian = link(GuardianRow, null=True)
    field = word(length=32)
    file_value = personal("learner_erasure")
    made_by = UUID(default=None, null=True)
    created_at = instant()
    ck_about = Check("learner is not null or guardian is not null")


class ConsentRequestRow(Table, tablename="consent_requests"):
    """One question to one guardian about one or several learners; it outlives its links.
    Writer: guardian.consent.store
    """

    id = key()
    institution = link(InstitutionRow)
    guardian = link(GuardianRow)
    notice = link(NoticeRow)
    state = word(length=16)
    version = Integer(default=1, null=False)
    created_at = instant()
    sent_at = instant(null=True)
    expires_at = instant(null=True)
    answered_at = instant(null=True)
    closed_at = instant(null=True)
    reminders = count()
    reminders_stopped_at = instant(null=True)
    ck_state = Check(
        "state in ('queued', 'sent', 'delivered', 'bounced', 'answered', 'expired', 'cancelled', 'superseded')"
    )


class ConsentRequestLearnerRow(Table, tablename="consent_request_learners"):
    """Which learners a request asks about. Writer: guardian.consent.store"""

    id = key()
    request = link(ConsentRequestRow)
    learner = link(LearnerRow)
    uq_consent_request_learners = Unique([request, learner])


class ConsentRow(Table, tablename="consents"):
    """A guardian's answer for one learner and purpose. Append-only: a change is a new row; only `completed_at` of a
    `given` row may be filled in once. Writer: guardian.consent.store
    """

    id = key()
    learner = link(LearnerRow)
    guardian = link(GuardianRow)
    request = link(ConsentRequestRow, null=True)
    purpose = word(length=64)
    state = word(length=16)
    method = word(length=24)
    notice_version = Integer(default=0, null=False)
    notice_sha256 = word(length=64)
    recorded_at = instant()
    completed_at = instant(null=True)
    valid_until = instant(null=True)
    act = UUID(default=None, null=False)
    ck_state = Check("state in ('given', 'declined', 'withdrawn', 'revoked', 'expired', 'void', 'stale')")


class OwnAnswerRow(Table, tablename="own_answers"):
    """A learner's own answer for one purpose, from the threshold birthday on (GDPR art. 8). Append-only: the latest
    row of a purpose counts. Writer: guardian.handover.store
    """

    id = key()
    learner = link(LearnerRow)
    purpose = word(length=64)
    state = word(length=16)
    notice_version = Integer(default=0, null=False)
    notice_sha256 = word(length=64)
    language = word(length=10)
    recorded_at = instant()
    act = UUID(default=None, null=False)
    ck_state = Check("state in ('given', 'declined', 'withdrawn')")


class AgeUpRow(Table, tablename="age_ups"):
    """That a learner and the guardians were told of the coming threshold birthday. Writer: guardian.handover.store"""

    id = key()
    learner = link(LearnerRow, index=False)  # the unique one serves
    announced_at = instant()
    threshold_at = instant()
    uq_age_ups = Unique([learner])


class FactVersionRow(Table, tablename="fact_versions"):
    """What a row that decisions rest on said before it was changed at `until` (exclusive), so that an answer of the
    past can be given again. Written by triggers of migration 0010, only when something that counts changes; a purge
    drops a learner's. `subject` is the row's key. Writer: guardian.people.store
    """

    id = BigSerial(primary_key=True)
    kind = word(length=24)
    subject = word(length=64)
    learner = UUID(default=None, null=True, index=True)
    until = instant()
    facts = JSONB(default="{}", null=False, help_text="personal: learner_erasure")


class ConsentEvidenceRow(Table, tablename="consent_evidence"):
    """What the guardian typed when answering; one row per act. Writer: guardian.consent.store"""

    id = key()
    act = UUID(default=None, null=False, unique=True)
    guardian = link(GuardianRow)
    typed_name = personal("guardian_erasure", length=255)
    relationship = word(length=64, null=True)
    language = word(length=10)
    recorded_at = instant()


class LinkRow(Table, tablename="links"):
    """A mailed link: only the hash of its handle is kept. `subject` is a request, an authorisation or a member of
    staff, by purpose. Writer: guardian.mail.links
    """

    id = key()
    purpose = word(length=16)
    subject = UUID(default=None, null=False, index=True)
    message = UUID(default=None, null=True)
    handle_sha256 = digest(unique=True)
    kid = word(length=16)
    created_at = instant()
    expires_at = instant()
    used_at = instant(null=True)
    revoked_at = instant(null=True)
    ck_purpose = Check("purpose in ('consent', 'unsubscribe', 'sign', 'sign_in', 'own')")


class MailMessageRow(Table, tablename="mail_messages"):
    """The outbox: one row per letter to one person, ids only; address and link are looked up when it is sent.
    Writer: guardian.mail.outbox, guardian.mail.results
    """

    id = key()
    institution = link(InstitutionRow, null=True)
    letter = word(length=48)
    recipient_kind = word(length=16)
    recipient = UUID(default=None, null=False)
    subject = UUID(default=None, null=False, index=True)
    sequence = Integer(default=0, null=False)
    state = word(length=16)
    phase = word(length=12, null=True)
    attempts = count()
    worker = word(length=64, null=True)
    lease_until = instant(null=True)
    not_before = instant()
    created_at = instant()
    accepted_at = instant(null=True)
    code = word(length=16, null=True)
    queue_id = word(length=64, null=True)
    uq_mail_messages = Unique([letter, recipient, subject, sequence])
    ck_kind = Check("recipient_kind in ('guardian', 'staff', 'signatory', 'learner')")
    ck_state = Check(
        "state in ('queued', 'sending', 'unknown', 'accepted', 'delivered', 'bounced_soft', 'bounced_hard', "
        "'complained', 'suppressed', 'failed', 'cancelled')"
    )


class SuppressionRow(Table, tablename="suppressions"):
    """An address of an institution that must not be written to, as a keyed hash. Writer: guardian.mail.suppression"""

    id = key()
    institution = link(InstitutionRow, null=True)
    address_hmac = digest()
    reason = word(length=32)
    created_at = instant()
    cleared_at = instant(null=True)


class FlagRow(Table, tablename="flags"):
    """That a person must look at something; it never is the decision. Writer: guardian.flags.store"""

    id = key()
    kind = word(length=32)
    learner = link(LearnerRow, null=True)
    institution = link(InstitutionRow, null=True)
    state = word(length=16)
    severity = word(length=16)
    since = instant()
    due_at = instant(null=True)
    assignee = link(StaffRow, null=True)
    outcome = word(length=24, null=True)
    resolved_at = instant(null=True)
    ck_kind = Check(
        "kind in ('no_basis', 'no_guardian', 'undeliverable', 'guardians_disagree', 'not_my_child', 'reported', "
        "'guardian_is_learner', 'shared_address', 'identity_held', 'birth_date_changed', 'mass_removal', "
        "'erased_reimport', 'purge_overdue', 'override')"
    )
    ck_state = Check("state in ('open', 'in_review', 'resolved')")


class HoldRow(Table, tablename="holds"):
    """A legal hold: it stops the purge, never the block. Writer: guardian.purge.store"""

    id = key()
    learner = link(LearnerRow)
    reason = word(length=500)
    authority = word(length=255)
    approved_by = link(StaffRow)
    review_on = Date(null=False, default=None)
    created_at = instant()
    released_at = instant(null=True)


class PurgeRow(Table, tablename="purges"):
    """The erasure of one learner, from approval to certificate. Writer: guardian.purge.store"""

    id = key()
    learner = link(LearnerRow)
    institution = link(InstitutionRow, null=True)
    state = word(length=16)
    cause = word(length=32)
    due_at = instant()
    approved_by = link(StaffRow, null=True)
    approved_at = instant(null=True)
    cooling_until = instant(null=True)
    started_at = instant(null=True)
    done_at = instant(null=True)
    certificate = JSONB(null=True, default=None)
    ck_state = Check(
        "state in ('due', 'approved', 'cooling_off', 'running', 'done', 'partial', 'cancelled', 'rescinded', "
        "'held', 'needs_approval')"
    )


class RecipientRow(Table, tablename="recipients"):
    """A system that holds learners' data and must erase it too. Writer: guardian.purge.store"""

    code = Varchar(length=64, primary_key=True, default=None)
    position = Integer(default=0, null=False)
    kind = word(length=16)
    enabled = flag(default=True)


class PurgeTaskRow(Table, tablename="purge_tasks"):
    """One recipient's part of a purge. Writer: guardian.purge.store"""

    id = key()
    purge = link(PurgeRow)
    recipient = word(length=64)
    state = word(length=16)
    attempts = count()
    erased = JSONB(default="{}", null=False)
    note = word(length=500, null=True)
    sent_at = instant(null=True)
    done_at = instant(null=True)
    uq_purge_tasks = Unique([purge, recipient])
    ck_state = Check("state in ('pending', 'sent', 'acknowledged', 'failed', 'manual', 'skipped')")


class TombstoneRow(Table, tablename="tombstones"):
    """Proof of an erasure: keyed hashes only, with an end of its own. Writer: guardian.purge.store"""

    id = key()
    learner = UUID(default=None, null=False, index=True)
    purge = UUID(default=None, null=False)
    platform_hmac = digest(null=True)
    student_hmac = digest(null=True)
    person_hmac = digest(null=True)
    created_at = instant()
    expires_at = instant()


class RosterUploadRow(Table, tablename="roster_uploads"):
    """An uploaded roster with its plan. Writer: guardian.roster.store"""

    id = key()
    institution = link(InstitutionRow)
    state = word(length=16)
    mode = word(length=16)
    sha256 = word(length=64)
    format = word(length=64, null=True)
    counts = JSONB(default="{}", null=False)
    effect = JSONB(default="{}", null=False)
    error = word(length=64, null=True)
    progress = BigInt(default=0, null=False)
    total = BigInt(default=0, null=False)
    started_by = UUID(default=None, null=True)
    mapping = JSONB(null=True, default=None)
    findings = JSONB(null=True, default=None, help_text="personal: upload_end")
    created_at = instant()
    planned_at = instant(null=True)
    committed_at = instant(null=True)
    erased_at = instant(null=True)
    ck_state = Check("state in ('received', 'read', 'planned', 'committed', 'cancelled', 'failed')")
    ck_mode = Check("mode in ('additions', 'snapshot', 'delta')")


class RosterChunkRow(Table, tablename="roster_chunks"):
    """A piece of an uploaded file, encrypted; gone when the upload ends. Writer: guardian.roster.store"""

    id = key()
    upload = link(RosterUploadRow, index=False)  # the unique pair begins with it
    position = Integer(default=0, null=False)
    content = Bytea(null=True, default=None, help_text="personal: upload_end")
    uq_roster_chunks = Unique([upload, position])


class RosterRowRow(Table, tablename="roster_rows"):
    """One row of an upload's plan; gone when the upload ends.
    Writer: guardian.roster.store, guardian.roster.plan_rows
    """

    id = key()
    upload = link(RosterUploadRow)
    row = Integer(default=0, null=False)
    state = word(length=16)
    codes = words()
    learner = UUID(default=None, null=True)
    record = JSONB(null=True, default=None, help_text="personal: upload_end")
    changes = JSONB(null=True, default=None, help_text="personal: upload_end")
    ck_state = Check("state in ('new', 'changed', 'unchanged', 'held', 'missing', 'rejected')")


class RosterMappingRow(Table, tablename="roster_mappings"):
    """Which column is what, as a person of a school confirmed it for files with one header. Field words only.
    Writer: guardian.roster.mappings
    """

    id = key()
    institution = link(InstitutionRow, index=False)  # the unique pair begins with it
    fingerprint = word(length=64)
    mapping = JSONB(default="{}", null=False)
    confirmed_by = UUID(default=None, null=True)
    created_at = instant()
    uq_roster_mappings = Unique([institution, fingerprint])


class ApiClientRow(Table, tablename="api_clients"):
    """A learning platform; its key is kept hashed. Writer: guardian.platform.store"""

    id = key()
    name = word()
    key_sha256 = digest(unique=True)
    scopes = words()
    created_at = instant()
    last_used_at = instant(null=True)
    revoked_at = instant(null=True)


class IdempotencyRow(Table, tablename="idempotency_keys"):
    """An answer given to a write, so that its repetition gets the same one. Writer: guardian.platform.store"""

    id = key()
    client = link(ApiClientRow)
    idempotency_key = word()
    request_sha256 = digest()
    status = Integer(default=0, null=False)
    response = JSONB(null=True, default=None)
    created_at = instant(index=True)
    uq_idempotency_keys = Unique([client, idempotency_key])


class AuditRow(Table, tablename="audit"):
    """Append-only, hash-chained history: ids, enums and instants, never names or addresses.
    Writer: guardian.audit.store
    """

    seq = BigInt(primary_key=True, default=0)
    at = instant()
    actor_kind = word(length=16)
    actor = UUID(default=None, null=True)
    action = word(length=64)
    subject_kind = word(length=24)
    subject = UUID(default=None, null=True, index=True)
    institution = UUID(default=None, null=True, index=True)
    payload = JSONB(default="{}", null=False)
    previous = digest()
    digest = digest()


class SweepRow(Table, tablename="sweeps"):
    """One run of the sweep, so that its absence can be noticed. Writer: guardian.sweep"""

    id = key()
    at = instant(index=True)
    finished_at = instant(null=True)
    counts = JSONB(default="{}", null=False)


class DemoClockRow(Table, tablename="demo_clock"):
    """How far the demo's clock is ahead of real time. Writer: guardian.context"""

    id = Integer(primary_key=True, default=1)
    ahead_seconds = BigInt(default=0, null=False)


TABLES: tuple[type[Table], ...] = (
    InstitutionRow, StaffRow, StaffSessionRow, PurposeRow, NoticeRow, NoticeTextRow, AuthorisationRow,
    AuthorisationDocumentRow, LearnerRow, EnrolmentRow, GuardianRow, GuardianshipRow, CorrectionRow,
    ConsentRequestRow, ConsentRequestLearnerRow, ConsentRow, ConsentEvidenceRow, OwnAnswerRow, AgeUpRow,
    FactVersionRow, LinkRow, MailMessageRow, SuppressionRow, FlagRow, HoldRow, PurgeRow, RecipientRow, PurgeTaskRow,
    TombstoneRow, RosterUploadRow, RosterChunkRow, RosterRowRow, RosterMappingRow, ApiClientRow, IdempotencyRow,
    AuditRow, SweepRow, DemoClockRow,
)  # fmt: skip

PERSONAL: dict[str, dict[str, str]] = {
    # emptied by guardian.people.store.erase_learner, called by a purge
    "learners": dict.fromkeys(
        ("platform_id", "given_name", "family_name", "birth_date", "email", "email_key"), "learner_erasure"
    ),
    "enrolments": dict.fromkeys(("student_id", "mark"), "learner_erasure"),
    "fact_versions": {"facts": "learner_erasure"},
    # deleted with the learner, and with the guardian
    "corrections": {"file_value": "learner_erasure"},
    # emptied by guardian.people.store.erase_guardians once no living learner is left
    "guardians": dict.fromkeys(("name", "email", "email_key", "phone"), "guardian_erasure"),
    "consent_evidence": {"typed_name": "guardian_erasure"},
    # emptied by guardian.roster.store.erase_upload after commit, cancel or 72 hours
    "roster_uploads": {"findings": "upload_end"},
    "roster_chunks": {"content": "upload_end"},
    "roster_rows": {"record": "upload_end", "changes": "upload_end"},
    # emptied when the institution ends, or the person leaves
    "institutions": {"contact_email": "institution_end"},
    "authorisations": dict.fromkeys(
        ("signatory_email", "signatory_name", "signatory_title", "reason"), "institution_end"
    ),
    "authorisation_documents": {"pdf": "institution_end"},
    "staff": dict.fromkeys(("email", "email_key", "name"), "staff_end"),
}
"""Every personal column with the rule that ends it. Rules: `learner_erasure`, `guardian_erasure`, `upload_end`,
`institution_end`, `staff_end`."""
