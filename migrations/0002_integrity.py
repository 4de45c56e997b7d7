"""What the ORM cannot say: partial indexes, append-only history, facts that touch their learner."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine.finder import engine_finder

ID = "2026-11-25T13:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "integrity: indexes, append-only triggers, touching of learners"

SQL = """
set local lock_timeout = '5s';

create unique index learners_platform_id on learners (platform_id) where platform_id is not null;
create index learners_check_at on learners (check_at) where check_at is not null;
create unique index enrolments_student_id on enrolments (institution, student_id) where student_id is not null;
create index enrolments_missing on enrolments (institution, missing_since) where missing_since is not null;
create index guardians_email_key on guardians (institution, email_key) where email_key is not null;
create index staff_email_key on staff (email_key) where email_key is not null;
create index authorisations_ending on authorisations (valid_until) where state = 'active';
create index consents_answer on consents (learner, guardian, purpose);
create index consents_act on consents (act);
create index consents_pending on consents (recorded_at) where state = 'given' and completed_at is null;
create unique index consent_requests_open on consent_requests (guardian)
    where state in ('queued', 'sent', 'delivered', 'bounced');
create index consent_requests_waiting on consent_requests (sent_at) where state in ('sent', 'delivered');
create index mail_messages_due on mail_messages (not_before, id) where state = 'queued';
create index mail_messages_leased on mail_messages (lease_until) where state = 'sending';
create unique index flags_open on flags (kind, learner) where state <> 'resolved' and learner is not null;
create index flags_due on flags (due_at) where state <> 'resolved';
create unique index purges_open on purges (learner)
    where state in ('due', 'approved', 'cooling_off', 'running', 'held', 'needs_approval');
create unique index holds_open on holds (learner) where released_at is null;
create unique index suppressions_open on suppressions (institution, address_hmac) where cleared_at is null;
create index roster_rows_in_order on roster_rows (upload, row);
create index roster_uploads_waiting on roster_uploads (created_at) where erased_at is null;
create unique index authorisations_one_active on authorisations (institution, valid_from) where state = 'active';
create unique index audit_digest_previous on audit (previous);

-- History is written once. Statement level: row triggers would not stop TRUNCATE.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: it is append-only', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_append_only before update or delete or truncate on audit
    for each statement execute function refuse_change();
create trigger consents_append_only before delete or truncate on consents
    for each statement execute function refuse_change();

-- A consent row may be completed once (email_plus), and nothing else of it ever changes.
create function consent_only_completes() returns trigger language plpgsql as $$
begin
    if old.completed_at is null and new.completed_at is not null and old.state = 'given'
        and to_jsonb(new) - 'completed_at' = to_jsonb(old) - 'completed_at' then
        return new;
    end if;
    -- a hard bounce of the second message takes the answer back to verification_pending
    if old.completed_at is not null and new.completed_at is null and old.state = 'given' and old.method = 'email_plus'
        and to_jsonb(new) - 'completed_at' = to_jsonb(old) - 'completed_at' then
        return new;
    end if;
    raise exception 'a consent row is append-only' using errcode = 'restrict_violation';
end $$;
create trigger consents_only_complete before update on consents
    for each row execute function consent_only_completes();

-- A published notice never changes: not its texts, not its row, except that a newer one supersedes it.
create function notice_is_fixed() returns trigger language plpgsql as $$
begin
    if exists (select 1 from notices n where n.id = coalesce(new.notice, old.notice) and n.state <> 'draft') then
        raise exception 'a published notice is immutable' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;
create trigger notice_texts_fixed before insert or update or delete on notice_texts
    for each row execute function notice_is_fixed();
create function notice_row_is_fixed() returns trigger language plpgsql as $$
begin
    if old.state = 'draft' then return coalesce(new, old); end if;
    if tg_op = 'UPDATE' and to_jsonb(new) - 'state' = to_jsonb(old) - 'state'
        and (new.state = old.state or (old.state = 'published' and new.state = 'superseded')) then
        return new;
    end if;
    raise exception 'a published notice is immutable' using errcode = 'restrict_violation';
end $$;
create trigger notices_fixed before update or delete on notices
    for each row execute function notice_row_is_fixed();

-- Whenever a fact changes, its learners get a new revision and are due for the sweep at once.
-- An import says app.import = on and touches the learners it changed itself, in one statement.
create function touch_learners(ids uuid[]) returns void language sql as $$
    update learners set revision = revision + 1, check_at = '-infinity' where id = any(ids) and erased_at is null
$$;
create function touch_by_learner() returns trigger language plpgsql as $$
begin
    if current_setting('app.import', true) = 'on' then return null; end if;
    perform touch_learners(array(select distinct learner from changed where learner is not null));
    return null;
end $$;
create function touch_by_guardian() returns trigger language plpgsql as $$
begin
    if current_setting('app.import', true) = 'on' then return null; end if;
    perform touch_learners(array(select distinct g.learner from guardianships g join changed c on c.id = g.guardian));
    return null;
end $$;
create function touch_by_institution() returns trigger language plpgsql as $$
begin
    perform touch_learners(array(select distinct e.learner from enrolments e
        join changed c on c.institution = e.institution));
    return null;
end $$;
create function touch_by_request() returns trigger language plpgsql as $$
begin
    perform touch_learners(array(select distinct r.learner from consent_request_learners r
        join changed c on c.id = r.request));
    return null;
end $$;

create trigger enrolments_touch_i after insert on enrolments referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger enrolments_touch_u after update on enrolments referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger guardianships_touch_i after insert on guardianships referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger guardianships_touch_u after update on guardianships referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger consents_touch_i after insert on consents referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger consents_touch_u after update on consents referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger holds_touch_i after insert on holds referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger holds_touch_u after update on holds referencing new table as changed
    for each statement execute function touch_by_learner();
create trigger guardians_touch after update on guardians referencing new table as changed
    for each statement execute function touch_by_guardian();
create trigger authorisations_touch_i after insert on authorisations referencing new table as changed
    for each statement execute function touch_by_institution();
create trigger authorisations_touch_u after update on authorisations referencing new table as changed
    for each statement execute function touch_by_institution();
create trigger requests_touch after update on consent_requests referencing new table as changed
    for each statement execute function touch_by_request();

-- A new notice that changes something material is a fact of every learner.
create function touch_by_notice() returns trigger language plpgsql as $$
begin
    if new.state = 'published' and old.state is distinct from 'published' and new.version > 1 then
        update learners set revision = revision + 1, check_at = '-infinity' where erased_at is null;
    end if;
    return null;
end $$;
create trigger notices_touch after update on notices for each row execute function touch_by_notice();

create function learner_facts_changed() returns trigger language plpgsql as $$
begin
    if (new.birth_date, new.jurisdictions, new.timezone, new.standing, new.assent)
        is distinct from (old.birth_date, old.jurisdictions, old.timezone, old.standing, old.assent) then
        new.revision := greatest(new.revision, old.revision + 1);
        new.check_at := case when new.erased_at is null then '-infinity'::timestamptz end;
    end if;
    return new;
end $$;
create trigger learners_facts before update on learners for each row execute function learner_facts_changed();
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        await engine_finder().current_transaction.get().connection.execute(SQL)

    manager.add_raw(run)
    return manager
