-- Made by `python -m tests.integration.db.catalogue`: the schema after all migrations, for review.
-- It is compared with every test database; it is not run.

create function app_guardian() returns uuid language sql stable as $$
    select case when current_setting('app.scope', true) like 'guardian:%'
        then split_part(current_setting('app.scope', true), ':', 2)::uuid end
$$;

create function app_guardians_school(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return app_guardian() is not null and exists (
        select 1 from guardians g where g.id = app_guardian() and g.institution = wanted);
end
$$;

create function app_institution() returns uuid language sql stable as $$
    select case when current_setting('app.scope', true) like 'institution:%'
        then split_part(current_setting('app.scope', true), ':', 2)::uuid end
$$;

create function app_known_guardian(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return wanted = app_guardian() or app_institution() is not null and exists (
        select 1 from guardians g where g.id = wanted and g.institution = app_institution());
end
$$;

create function app_known_request(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select 1 from consent_requests r where r.id = wanted);
end
$$;

create function app_known_upload(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select 1 from roster_uploads u where u.id = wanted);
end
$$;

create function app_now() returns timestamp with time zone language sql stable as $$
    select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp())
$$;

create function app_pupil(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return app_institution() is not null and exists (
        select 1 from enrolments e where e.learner = wanted and e.institution = app_institution());
end
$$;

create function app_sees_all() returns boolean language sql stable as $$
    select split_part(coalesce(current_setting('app.scope', true), ''), ':', 1) in ('operator', 'client')
$$;

create function app_ward(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return app_guardian() is not null and exists (
        select 1 from guardianships g where g.learner = wanted and g.guardian = app_guardian());
end
$$;

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
end
$$;

create function document_is_fixed() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.pdf is null and to_jsonb(new) - 'pdf' = to_jsonb(old) - 'pdf' then
        return new;
    end if;
    raise exception 'a signed document is immutable' using errcode = 'restrict_violation';
end
$$;

create function enrolments_institution_known() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    unknown boolean;
begin
    perform set_config('app.scope', 'operator', true);
    unknown := exists (select 1 from (select distinct institution from changed) as c
        where not exists (select 1 from institutions p where p.id = c.institution));
    perform set_config('app.scope', scope, true);
    if unknown then
        raise exception 'a row of enrolments refers to a row of institutions that does not exist'
            using errcode = 'foreign_key_violation', constraint = 'enrolments_institution_known';
    end if;
    return null;
end
$$;

create function enrolments_learner_known() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    unknown boolean;
begin
    perform set_config('app.scope', 'operator', true);
    unknown := exists (select 1 from (select distinct learner from changed) as c
        where not exists (select 1 from learners p where p.id = c.learner));
    perform set_config('app.scope', scope, true);
    if unknown then
        raise exception 'a row of enrolments refers to a row of learners that does not exist'
            using errcode = 'foreign_key_violation', constraint = 'enrolments_learner_known';
    end if;
    return null;
end
$$;

create function guardians_institution_known() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    unknown boolean;
begin
    perform set_config('app.scope', 'operator', true);
    unknown := exists (select 1 from (select distinct institution from changed) as c
        where not exists (select 1 from institutions p where p.id = c.institution));
    perform set_config('app.scope', scope, true);
    if unknown then
        raise exception 'a row of guardians refers to a row of institutions that does not exist'
            using errcode = 'foreign_key_violation', constraint = 'guardians_institution_known';
    end if;
    return null;
end
$$;

create function guardianships_guardian_known() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    unknown boolean;
begin
    perform set_config('app.scope', 'operator', true);
    unknown := exists (select 1 from (select distinct guardian from changed) as c
        where not exists (select 1 from guardians p where p.id = c.guardian));
    perform set_config('app.scope', scope, true);
    if unknown then
        raise exception 'a row of guardianships refers to a row of guardians that does not exist'
            using errcode = 'foreign_key_violation', constraint = 'guardianships_guardian_known';
    end if;
    return null;
end
$$;

create function guardianships_learner_known() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    unknown boolean;
begin
    perform set_config('app.scope', 'operator', true);
    unknown := exists (select 1 from (select distinct learner from changed) as c
        where not exists (select 1 from learners p where p.id = c.learner));
    perform set_config('app.scope', scope, true);
    if unknown then
        raise exception 'a row of guardianships refers to a row of learners that does not exist'
            using errcode = 'foreign_key_violation', constraint = 'guardianships_learner_known';
    end if;
    return null;
end
$$;

create function keep_reachability() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
begin
    perform set_config('app.scope', 'operator', true);
    insert into fact_versions (kind, subject, until, facts) values ('guardian', old.id::text, app_now(),
        jsonb_build_object('email', case when old.email is not null and old.unreachable_since is null then '@' end,
            'unreachable_since', null));
    perform set_config('app.scope', scope, true);
    return null;
end
$$;

create function keep_version() returns trigger language plpgsql as $$
declare
    was jsonb := to_jsonb(old);
    scope text := coalesce(current_setting('app.scope', true), '');
begin
    perform set_config('app.scope', 'operator', true);
    insert into fact_versions (kind, subject, learner, until, facts)
    select tg_argv[0], coalesce(was ->> 'id', was ->> 'code'), nullif(was ->> tg_argv[1], '')::uuid, app_now(),
        jsonb_object_agg(name, was -> name) from unnest(tg_argv[2:]) as name;
    perform set_config('app.scope', scope, true);
    return null;
end
$$;

create function learner_facts_changed() returns trigger language plpgsql as $$
begin
    if (new.birth_date, new.jurisdictions, new.timezone, new.standing, new.assent)
        is distinct from (old.birth_date, old.jurisdictions, old.timezone, old.standing, old.assent) then
        new.revision := greatest(new.revision, old.revision + 1);
        new.check_at := case when new.erased_at is null then '-infinity'::timestamptz end;
    end if;
    return new;
end
$$;

create function notice_is_fixed() returns trigger language plpgsql as $$
begin
    if exists (select 1 from notices n where n.id = coalesce(new.notice, old.notice) and n.state <> 'draft') then
        raise exception 'a published notice is immutable' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end
$$;

create function notice_row_is_fixed() returns trigger language plpgsql as $$
begin
    if old.state = 'draft' then return coalesce(new, old); end if;
    if tg_op = 'UPDATE' and to_jsonb(new) - 'state' = to_jsonb(old) - 'state'
        and (new.state = old.state or (old.state = 'published' and new.state = 'superseded')) then
        return new;
    end if;
    raise exception 'a published notice is immutable' using errcode = 'restrict_violation';
end
$$;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: it is append-only', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$$;

create function stays() returns trigger language plpgsql as $$
begin
    raise exception '% are never deleted or renamed: empty the row instead', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create function touch_by_guardian() returns trigger language plpgsql as $$
begin
    if current_setting('app.import', true) = 'on' then return null; end if;
    perform touch_learners(array(select distinct g.learner from guardianships g join changed c on c.id = g.guardian));
    return null;
end
$$;

create function touch_by_institution() returns trigger language plpgsql as $$
begin
    perform touch_learners(array(select distinct e.learner from enrolments e
        join changed c on c.institution = e.institution));
    return null;
end
$$;

create function touch_by_learner() returns trigger language plpgsql as $$
begin
    if current_setting('app.import', true) = 'on' then return null; end if;
    perform touch_learners(array(select distinct learner from changed where learner is not null));
    return null;
end
$$;

create function touch_by_notice() returns trigger language plpgsql as $$
begin
    if new.state = 'published' and old.state is distinct from 'published' and new.version > 1 then
        update learners set revision = revision + 1, check_at = '-infinity' where erased_at is null;
    end if;
    return null;
end
$$;

create function touch_by_request() returns trigger language plpgsql as $$
begin
    perform touch_learners(array(select distinct r.learner from consent_request_learners r
        join changed c on c.id = r.request));
    return null;
end
$$;

create function touch_learners(ids uuid[]) returns void language sql as $$
    update learners set revision = revision + 1, check_at = '-infinity' where id = any(ids) and erased_at is null
$$;

create function unmark(wanted uuid[]) returns void language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    import text := coalesce(current_setting('app.import', true), '');
begin
    perform set_config('app.scope', 'operator', true), set_config('app.import', 'on', true);
    update enrolments set mark = null where learner = any(wanted);
    perform set_config('app.scope', scope, true), set_config('app.import', import, true);
end
$$;

create function unmark_by_guardian() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    wanted uuid[];
begin
    perform set_config('app.scope', 'operator', true);
    wanted := array(select w.learner from guardianships w where w.guardian = new.id);
    perform set_config('app.scope', scope, true);
    perform unmark(wanted);
    return null;
end
$$;

create function unmark_by_learner() returns trigger language plpgsql as $$
begin
    perform unmark(array[new.id]);
    return null;
end
$$;

create function unmark_by_relation() returns trigger language plpgsql as $$
begin
    if current_setting('app.import', true) = 'on' then return null; end if;
    perform unmark(array(select distinct learner from changed));
    return null;
end
$$;

create function unmark_enrolment() returns trigger language plpgsql as $$
begin
    if new.mark = old.mark then new.mark := null; end if;
    return new;
end
$$;

create table age_ups (
    id uuid not null,
    learner uuid not null,
    announced_at timestamp with time zone not null,
    threshold_at timestamp with time zone not null
);
alter table age_ups add constraint age_ups_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table age_ups add constraint age_ups_pkey PRIMARY KEY (id);
alter table age_ups add constraint uq_age_ups UNIQUE (learner);
alter table age_ups enable row level security;
alter table age_ups force row level security;
create policy age_ups_change on age_ups for update using ( SELECT app_sees_all() AS app_sees_all);
create policy age_ups_delete on age_ups for delete using ( SELECT app_sees_all() AS app_sees_all);
create policy age_ups_insert on age_ups for insert with check ( SELECT app_sees_all() AS app_sees_all);
create policy age_ups_read on age_ups for select using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(learner));

create table api_clients (
    id uuid not null,
    name character varying(255) not null,
    key_sha256 bytea not null,
    scopes character varying(255)[] default '{}'::character varying[] not null,
    created_at timestamp with time zone not null,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
alter table api_clients add constraint api_clients_key_sha256_key UNIQUE (key_sha256);
alter table api_clients add constraint api_clients_pkey PRIMARY KEY (id);
CREATE INDEX api_clients_key_sha256 ON api_clients USING btree (key_sha256);

create table audit (
    seq bigint default 0 not null,
    at timestamp with time zone not null,
    actor_kind character varying(16) not null,
    actor uuid,
    action character varying(64) not null,
    subject_kind character varying(24) not null,
    subject uuid,
    institution uuid,
    payload jsonb default '{}'::jsonb not null,
    previous bytea not null,
    digest bytea not null
);
alter table audit add constraint audit_pkey PRIMARY KEY (seq);
CREATE INDEX audit_institution ON audit USING btree (institution);
CREATE INDEX audit_subject ON audit USING btree (subject);
CREATE UNIQUE INDEX audit_digest_previous ON audit USING btree (previous);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table authorisation_documents (
    id uuid not null,
    authorisation uuid not null,
    institution uuid not null,
    pdf bytea,
    sha256 character varying(64) not null,
    made_at timestamp with time zone not null
);
alter table authorisation_documents add constraint authorisation_documents_authorisation_fkey FOREIGN KEY (authorisation) REFERENCES authorisations(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table authorisation_documents add constraint authorisation_documents_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table authorisation_documents add constraint authorisation_documents_pkey PRIMARY KEY (id);
alter table authorisation_documents add constraint uq_authorisation_documents UNIQUE (authorisation);
CREATE INDEX authorisation_documents_institution ON authorisation_documents USING btree (institution);
CREATE TRIGGER authorisation_documents_fixed BEFORE DELETE OR UPDATE ON authorisation_documents FOR EACH ROW EXECUTE FUNCTION document_is_fixed();
alter table authorisation_documents enable row level security;
alter table authorisation_documents force row level security;
create policy authorisation_documents_change on authorisation_documents for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy authorisation_documents_delete on authorisation_documents for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy authorisation_documents_insert on authorisation_documents for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy authorisation_documents_read on authorisation_documents for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));

create table authorisations (
    id uuid not null,
    institution uuid not null,
    state character varying(24) not null,
    legal_model character varying(32) not null,
    scopes character varying(255)[] default '{}'::character varying[] not null,
    purposes character varying(255)[] default '{}'::character varying[] not null,
    valid_from timestamp with time zone not null,
    valid_until timestamp with time zone not null,
    notice uuid,
    notice_sha256 character varying(64),
    language character varying(10) not null,
    signatory_email character varying(320),
    signatory_name character varying(255),
    signatory_title character varying(255),
    statement character varying(1000),
    method character varying(32),
    document_sha256 character varying(64),
    started_by uuid not null,
    created_at timestamp with time zone not null,
    signed_at timestamp with time zone,
    verified_at timestamp with time zone,
    verified_by uuid,
    ended_at timestamp with time zone,
    reason character varying(500)
);
alter table authorisations add constraint authorisations_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table authorisations add constraint authorisations_notice_fkey FOREIGN KEY (notice) REFERENCES notices(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table authorisations add constraint authorisations_pkey PRIMARY KEY (id);
alter table authorisations add constraint authorisations_started_by_fkey FOREIGN KEY (started_by) REFERENCES staff(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table authorisations add constraint authorisations_verified_by_fkey FOREIGN KEY (verified_by) REFERENCES staff(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table authorisations add constraint ck_model CHECK (((legal_model)::text = ANY ((ARRAY['school_agent'::character varying, 'school_intermediary'::character varying, 'controller_instruction'::character varying, 'guardian_consent'::character varying, 'own_consent'::character varying])::text[])));
alter table authorisations add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['draft'::character varying, 'awaiting_signature'::character varying, 'awaiting_verification'::character varying, 'active'::character varying, 'expired'::character varying, 'revoked'::character varying, 'superseded'::character varying, 'refused'::character varying, 'suspended'::character varying])::text[])));
alter table authorisations add constraint ck_validity CHECK ((valid_from < valid_until));
CREATE INDEX authorisations_ending ON authorisations USING btree (valid_until) WHERE ((state)::text = 'active'::text);
CREATE INDEX authorisations_institution ON authorisations USING btree (institution);
CREATE INDEX authorisations_notice ON authorisations USING btree (notice);
CREATE INDEX authorisations_started_by ON authorisations USING btree (started_by);
CREATE INDEX authorisations_verified_by ON authorisations USING btree (verified_by);
CREATE UNIQUE INDEX authorisations_one_active ON authorisations USING btree (institution, valid_from) WHERE ((state)::text = 'active'::text);
CREATE TRIGGER authorisations_touch_i AFTER INSERT ON authorisations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_institution();
CREATE TRIGGER authorisations_touch_u AFTER UPDATE ON authorisations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_institution();
CREATE TRIGGER authorisations_versions AFTER UPDATE ON authorisations FOR EACH ROW WHEN ((((((((old.state)::text IS DISTINCT FROM (new.state)::text) OR ((old.legal_model)::text IS DISTINCT FROM (new.legal_model)::text)) OR (old.scopes IS DISTINCT FROM new.scopes)) OR (old.purposes IS DISTINCT FROM new.purposes)) OR (old.valid_from IS DISTINCT FROM new.valid_from)) OR (old.valid_until IS DISTINCT FROM new.valid_until))) EXECUTE FUNCTION keep_version('authorisation', '', 'state', 'legal_model', 'scopes', 'purposes', 'valid_from', 'valid_until');
alter table authorisations enable row level security;
alter table authorisations force row level security;
create policy authorisations_change on authorisations for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy authorisations_delete on authorisations for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy authorisations_insert on authorisations for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy authorisations_read on authorisations for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_guardians_school(institution));

create table consent_evidence (
    id uuid not null,
    act uuid not null,
    guardian uuid not null,
    typed_name character varying(255),
    relationship character varying(64),
    language character varying(10) not null,
    recorded_at timestamp with time zone not null
);
alter table consent_evidence add constraint consent_evidence_act_key UNIQUE (act);
alter table consent_evidence add constraint consent_evidence_guardian_fkey FOREIGN KEY (guardian) REFERENCES guardians(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consent_evidence add constraint consent_evidence_pkey PRIMARY KEY (id);
CREATE INDEX consent_evidence_guardian ON consent_evidence USING btree (guardian);
alter table consent_evidence enable row level security;
alter table consent_evidence force row level security;
create policy consent_evidence_change on consent_evidence for update using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy consent_evidence_delete on consent_evidence for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy consent_evidence_insert on consent_evidence for insert with check (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy consent_evidence_read on consent_evidence for select using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));

create table consent_request_learners (
    id uuid not null,
    request uuid not null,
    learner uuid not null
);
alter table consent_request_learners add constraint consent_request_learners_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consent_request_learners add constraint consent_request_learners_pkey PRIMARY KEY (id);
alter table consent_request_learners add constraint consent_request_learners_request_fkey FOREIGN KEY (request) REFERENCES consent_requests(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consent_request_learners add constraint uq_consent_request_learners UNIQUE (request, learner);
CREATE INDEX consent_request_learners_learner ON consent_request_learners USING btree (learner);
CREATE INDEX consent_request_learners_request ON consent_request_learners USING btree (request);
alter table consent_request_learners enable row level security;
alter table consent_request_learners force row level security;
create policy consent_request_learners_change on consent_request_learners for update using (( SELECT app_sees_all() AS app_sees_all) OR app_known_request(request));
create policy consent_request_learners_delete on consent_request_learners for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_known_request(request));
create policy consent_request_learners_insert on consent_request_learners for insert with check (( SELECT app_sees_all() AS app_sees_all) OR app_known_request(request));
create policy consent_request_learners_read on consent_request_learners for select using (( SELECT app_sees_all() AS app_sees_all) OR app_known_request(request));

create table consent_requests (
    id uuid not null,
    institution uuid not null,
    guardian uuid not null,
    notice uuid not null,
    state character varying(16) not null,
    version integer default 1 not null,
    created_at timestamp with time zone not null,
    sent_at timestamp with time zone,
    expires_at timestamp with time zone,
    answered_at timestamp with time zone,
    closed_at timestamp with time zone,
    reminders integer default 0 not null,
    reminders_stopped_at timestamp with time zone
);
alter table consent_requests add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'sent'::character varying, 'delivered'::character varying, 'bounced'::character varying, 'answered'::character varying, 'expired'::character varying, 'cancelled'::character varying, 'superseded'::character varying])::text[])));
alter table consent_requests add constraint consent_requests_guardian_fkey FOREIGN KEY (guardian) REFERENCES guardians(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consent_requests add constraint consent_requests_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consent_requests add constraint consent_requests_notice_fkey FOREIGN KEY (notice) REFERENCES notices(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consent_requests add constraint consent_requests_pkey PRIMARY KEY (id);
CREATE INDEX consent_requests_guardian ON consent_requests USING btree (guardian);
CREATE INDEX consent_requests_institution ON consent_requests USING btree (institution);
CREATE INDEX consent_requests_notice ON consent_requests USING btree (notice);
CREATE INDEX consent_requests_waiting ON consent_requests USING btree (sent_at) WHERE ((state)::text = ANY ((ARRAY['sent'::character varying, 'delivered'::character varying])::text[]));
CREATE UNIQUE INDEX consent_requests_open ON consent_requests USING btree (guardian) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'sent'::character varying, 'delivered'::character varying, 'bounced'::character varying])::text[]));
CREATE TRIGGER requests_touch AFTER UPDATE ON consent_requests REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_request();
alter table consent_requests enable row level security;
alter table consent_requests force row level security;
create policy consent_requests_change on consent_requests for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (guardian = ( SELECT app_guardian() AS app_guardian)));
create policy consent_requests_delete on consent_requests for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (guardian = ( SELECT app_guardian() AS app_guardian)));
create policy consent_requests_insert on consent_requests for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (guardian = ( SELECT app_guardian() AS app_guardian)));
create policy consent_requests_read on consent_requests for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (guardian = ( SELECT app_guardian() AS app_guardian)));

create table consents (
    id uuid not null,
    learner uuid not null,
    guardian uuid not null,
    request uuid,
    purpose character varying(64) not null,
    state character varying(16) not null,
    method character varying(24) not null,
    notice_version integer default 0 not null,
    notice_sha256 character varying(64) not null,
    recorded_at timestamp with time zone not null,
    completed_at timestamp with time zone,
    valid_until timestamp with time zone,
    act uuid not null
);
alter table consents add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['given'::character varying, 'declined'::character varying, 'withdrawn'::character varying, 'revoked'::character varying, 'expired'::character varying, 'void'::character varying, 'stale'::character varying])::text[])));
alter table consents add constraint consents_guardian_fkey FOREIGN KEY (guardian) REFERENCES guardians(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consents add constraint consents_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table consents add constraint consents_pkey PRIMARY KEY (id);
alter table consents add constraint consents_request_fkey FOREIGN KEY (request) REFERENCES consent_requests(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
CREATE INDEX consents_act ON consents USING btree (act);
CREATE INDEX consents_answer ON consents USING btree (learner, guardian, purpose);
CREATE INDEX consents_guardian ON consents USING btree (guardian);
CREATE INDEX consents_learner ON consents USING btree (learner);
CREATE INDEX consents_pending ON consents USING btree (recorded_at) WHERE (((state)::text = 'given'::text) AND (completed_at IS NULL));
CREATE INDEX consents_request ON consents USING btree (request);
CREATE TRIGGER consents_append_only BEFORE DELETE OR TRUNCATE ON consents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consents_only_complete BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION consent_only_completes();
CREATE TRIGGER consents_touch_i AFTER INSERT ON consents REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER consents_touch_u AFTER UPDATE ON consents REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER consents_versions AFTER UPDATE ON consents FOR EACH ROW WHEN (((old.completed_at IS NOT NULL) AND (old.completed_at IS DISTINCT FROM new.completed_at))) EXECUTE FUNCTION keep_version('consent', 'learner', 'completed_at');
alter table consents enable row level security;
alter table consents force row level security;
create policy consents_change on consents for update using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy consents_delete on consents for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy consents_insert on consents for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (app_known_guardian(guardian) AND (app_pupil(learner) OR app_ward(learner))));
create policy consents_read on consents for select using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));

create table corrections (
    id uuid not null,
    institution uuid not null,
    learner uuid,
    guardian uuid,
    field character varying(32) not null,
    file_value character varying(320),
    made_by uuid,
    created_at timestamp with time zone not null
);
alter table corrections add constraint ck_about CHECK (((learner IS NOT NULL) OR (guardian IS NOT NULL)));
alter table corrections add constraint corrections_guardian_fkey FOREIGN KEY (guardian) REFERENCES guardians(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table corrections add constraint corrections_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table corrections add constraint corrections_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table corrections add constraint corrections_pkey PRIMARY KEY (id);
CREATE INDEX corrections_guardian ON corrections USING btree (guardian);
CREATE INDEX corrections_institution ON corrections USING btree (institution);
CREATE INDEX corrections_learner ON corrections USING btree (learner);
CREATE UNIQUE INDEX corrections_once ON corrections USING btree (COALESCE(learner, '00000000-0000-0000-0000-000000000000'::uuid), COALESCE(guardian, '00000000-0000-0000-0000-000000000000'::uuid), field);
alter table corrections enable row level security;
alter table corrections force row level security;
create policy corrections_change on corrections for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy corrections_delete on corrections for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy corrections_insert on corrections for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy corrections_read on corrections for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));

create table demo_clock (
    id integer default 1 not null,
    ahead_seconds bigint default 0 not null
);
alter table demo_clock add constraint demo_clock_pkey PRIMARY KEY (id);

create table enrolments (
    id uuid not null,
    learner uuid not null,
    institution uuid not null,
    student_id character varying(255),
    class_name character varying(255),
    begins_on date not null,
    ends_on date,
    missing_since timestamp with time zone,
    created_at timestamp with time zone not null,
    mark uuid
);
alter table enrolments add constraint enrolments_pkey PRIMARY KEY (id);
alter table enrolments add constraint uq_enrolments UNIQUE (learner, institution);
CREATE INDEX enrolments_institution ON enrolments USING btree (institution);
CREATE INDEX enrolments_missing ON enrolments USING btree (institution, missing_since) WHERE (missing_since IS NOT NULL);
CREATE UNIQUE INDEX enrolments_student_id ON enrolments USING btree (institution, student_id) WHERE (student_id IS NOT NULL);
CREATE TRIGGER enrolments_institution_known AFTER INSERT ON enrolments REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enrolments_institution_known();
CREATE TRIGGER enrolments_institution_stays BEFORE UPDATE ON enrolments FOR EACH ROW WHEN ((new.institution IS DISTINCT FROM old.institution)) EXECUTE FUNCTION stays();
CREATE TRIGGER enrolments_learner_known AFTER INSERT ON enrolments REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION enrolments_learner_known();
CREATE TRIGGER enrolments_learner_stays BEFORE UPDATE ON enrolments FOR EACH ROW WHEN ((new.learner IS DISTINCT FROM old.learner)) EXECUTE FUNCTION stays();
CREATE TRIGGER enrolments_touch_i AFTER INSERT ON enrolments REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER enrolments_touch_u AFTER UPDATE ON enrolments REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER enrolments_unmark BEFORE UPDATE ON enrolments FOR EACH ROW WHEN ((((new.student_id)::text IS DISTINCT FROM (old.student_id)::text) OR ((new.class_name)::text IS DISTINCT FROM (old.class_name)::text))) EXECUTE FUNCTION unmark_enrolment();
CREATE TRIGGER enrolments_versions AFTER UPDATE ON enrolments FOR EACH ROW WHEN (((old.begins_on IS DISTINCT FROM new.begins_on) OR (old.ends_on IS DISTINCT FROM new.ends_on))) EXECUTE FUNCTION keep_version('enrolment', 'learner', 'begins_on', 'ends_on');
alter table enrolments enable row level security;
alter table enrolments force row level security;
create policy enrolments_change on enrolments for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));
create policy enrolments_delete on enrolments for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));
create policy enrolments_insert on enrolments for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy enrolments_read on enrolments for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));

create table fact_versions (
    id bigint default nextval('fact_versions_id_seq'::regclass) not null,
    kind character varying(24) not null,
    subject character varying(64) not null,
    learner uuid,
    until timestamp with time zone not null,
    facts jsonb default '{}'::jsonb not null
);
alter table fact_versions add constraint fact_versions_pkey PRIMARY KEY (id);
CREATE INDEX fact_versions_learner ON fact_versions USING btree (learner);
CREATE INDEX fact_versions_of ON fact_versions USING btree (subject, until, id);
alter table fact_versions enable row level security;
alter table fact_versions force row level security;
create policy fact_versions_change on fact_versions for update using ( SELECT app_sees_all() AS app_sees_all);
create policy fact_versions_delete on fact_versions for delete using ( SELECT app_sees_all() AS app_sees_all);
create policy fact_versions_insert on fact_versions for insert with check ( SELECT app_sees_all() AS app_sees_all);
create policy fact_versions_read on fact_versions for select using ( SELECT app_sees_all() AS app_sees_all);

create table flags (
    id uuid not null,
    kind character varying(32) not null,
    learner uuid,
    institution uuid,
    state character varying(16) not null,
    severity character varying(16) not null,
    since timestamp with time zone not null,
    due_at timestamp with time zone,
    assignee uuid,
    outcome character varying(24),
    resolved_at timestamp with time zone
);
alter table flags add constraint ck_kind CHECK (((kind)::text = ANY ((ARRAY['no_basis'::character varying, 'no_guardian'::character varying, 'undeliverable'::character varying, 'guardians_disagree'::character varying, 'not_my_child'::character varying, 'reported'::character varying, 'guardian_is_learner'::character varying, 'shared_address'::character varying, 'identity_held'::character varying, 'birth_date_changed'::character varying, 'mass_removal'::character varying, 'erased_reimport'::character varying, 'purge_overdue'::character varying, 'override'::character varying])::text[])));
alter table flags add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'in_review'::character varying, 'resolved'::character varying])::text[])));
alter table flags add constraint flags_assignee_fkey FOREIGN KEY (assignee) REFERENCES staff(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table flags add constraint flags_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table flags add constraint flags_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table flags add constraint flags_pkey PRIMARY KEY (id);
CREATE INDEX flags_assignee ON flags USING btree (assignee);
CREATE INDEX flags_due ON flags USING btree (due_at) WHERE ((state)::text <> 'resolved'::text);
CREATE INDEX flags_institution ON flags USING btree (institution);
CREATE INDEX flags_learner ON flags USING btree (learner);
CREATE UNIQUE INDEX flags_open ON flags USING btree (kind, learner) WHERE (((state)::text <> 'resolved'::text) AND (learner IS NOT NULL));
alter table flags enable row level security;
alter table flags force row level security;
create policy flags_change on flags for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));
create policy flags_delete on flags for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));
create policy flags_insert on flags for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));
create policy flags_read on flags for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_ward(learner));

create table guardians (
    id uuid not null,
    institution uuid not null,
    name character varying(255),
    email character varying(320),
    email_key character varying(320),
    phone character varying(64),
    language character varying(10) not null,
    unreachable_since timestamp with time zone,
    created_at timestamp with time zone not null,
    erased_at timestamp with time zone
);
alter table guardians add constraint guardians_pkey PRIMARY KEY (id);
CREATE INDEX guardians_email_key ON guardians USING btree (institution, email_key) WHERE (email_key IS NOT NULL);
CREATE INDEX guardians_institution ON guardians USING btree (institution);
CREATE TRIGGER guardians_institution_known AFTER INSERT ON guardians REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION guardians_institution_known();
CREATE TRIGGER guardians_institution_stays BEFORE UPDATE ON guardians FOR EACH ROW WHEN ((new.institution IS DISTINCT FROM old.institution)) EXECUTE FUNCTION stays();
CREATE TRIGGER guardians_keep_ids BEFORE UPDATE ON guardians FOR EACH ROW WHEN ((new.id IS DISTINCT FROM old.id)) EXECUTE FUNCTION stays();
CREATE TRIGGER guardians_stay BEFORE DELETE ON guardians FOR EACH ROW EXECUTE FUNCTION stays();
CREATE TRIGGER guardians_touch AFTER UPDATE ON guardians REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_guardian();
CREATE TRIGGER guardians_unmark AFTER UPDATE ON guardians FOR EACH ROW WHEN ((((((new.name)::text IS DISTINCT FROM (old.name)::text) OR ((new.email_key)::text IS DISTINCT FROM (old.email_key)::text)) OR ((new.phone)::text IS DISTINCT FROM (old.phone)::text)) OR (new.erased_at IS DISTINCT FROM old.erased_at))) EXECUTE FUNCTION unmark_by_guardian();
CREATE TRIGGER guardians_versions AFTER UPDATE ON guardians FOR EACH ROW WHEN ((((old.email IS NOT NULL) AND (old.unreachable_since IS NULL)) IS DISTINCT FROM ((new.email IS NOT NULL) AND (new.unreachable_since IS NULL)))) EXECUTE FUNCTION keep_reachability();
alter table guardians enable row level security;
alter table guardians force row level security;
create policy guardians_change on guardians for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (id = ( SELECT app_guardian() AS app_guardian)));
create policy guardians_delete on guardians for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (id = ( SELECT app_guardian() AS app_guardian)));
create policy guardians_insert on guardians for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (id = ( SELECT app_guardian() AS app_guardian)));
create policy guardians_read on guardians for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (id = ( SELECT app_guardian() AS app_guardian)));

create table guardianships (
    id uuid not null,
    learner uuid not null,
    guardian uuid not null,
    relationship character varying(32) not null,
    authority character varying(16) not null,
    eligible character varying(8) not null,
    position integer default 0 not null,
    created_at timestamp with time zone not null,
    ended_at timestamp with time zone
);
alter table guardianships add constraint ck_authority CHECK (((authority)::text = ANY ((ARRAY['full'::character varying, 'limited'::character varying, 'none'::character varying])::text[])));
alter table guardianships add constraint ck_eligible CHECK (((eligible)::text = ANY ((ARRAY['yes'::character varying, 'no'::character varying, 'ask'::character varying])::text[])));
alter table guardianships add constraint guardianships_pkey PRIMARY KEY (id);
alter table guardianships add constraint uq_guardianships UNIQUE (learner, guardian);
CREATE INDEX guardianships_guardian ON guardianships USING btree (guardian);
CREATE TRIGGER guardianships_guardian_known AFTER INSERT ON guardianships REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION guardianships_guardian_known();
CREATE TRIGGER guardianships_guardian_stays BEFORE UPDATE ON guardianships FOR EACH ROW WHEN ((new.guardian IS DISTINCT FROM old.guardian)) EXECUTE FUNCTION stays();
CREATE TRIGGER guardianships_learner_known AFTER INSERT ON guardianships REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION guardianships_learner_known();
CREATE TRIGGER guardianships_learner_stays BEFORE UPDATE ON guardianships FOR EACH ROW WHEN ((new.learner IS DISTINCT FROM old.learner)) EXECUTE FUNCTION stays();
CREATE TRIGGER guardianships_touch_i AFTER INSERT ON guardianships REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER guardianships_touch_u AFTER UPDATE ON guardianships REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER guardianships_unmark_d AFTER DELETE ON guardianships REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION unmark_by_relation();
CREATE TRIGGER guardianships_unmark_i AFTER INSERT ON guardianships REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION unmark_by_relation();
CREATE TRIGGER guardianships_unmark_u AFTER UPDATE ON guardianships REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION unmark_by_relation();
CREATE TRIGGER guardianships_versions AFTER UPDATE ON guardianships FOR EACH ROW WHEN ((((old.authority)::text IS DISTINCT FROM (new.authority)::text) OR (old.ended_at IS DISTINCT FROM new.ended_at))) EXECUTE FUNCTION keep_version('guardianship', 'learner', 'authority', 'ended_at');
alter table guardianships enable row level security;
alter table guardianships force row level security;
create policy guardianships_change on guardianships for update using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy guardianships_delete on guardianships for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));
create policy guardianships_insert on guardianships for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (app_known_guardian(guardian) AND app_pupil(learner)));
create policy guardianships_read on guardianships for select using (( SELECT app_sees_all() AS app_sees_all) OR app_known_guardian(guardian));

create table holds (
    id uuid not null,
    learner uuid not null,
    reason character varying(500) not null,
    authority character varying(255) not null,
    approved_by uuid not null,
    review_on date not null,
    created_at timestamp with time zone not null,
    released_at timestamp with time zone
);
alter table holds add constraint holds_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES staff(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table holds add constraint holds_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table holds add constraint holds_pkey PRIMARY KEY (id);
CREATE INDEX holds_approved_by ON holds USING btree (approved_by);
CREATE INDEX holds_learner ON holds USING btree (learner);
CREATE UNIQUE INDEX holds_open ON holds USING btree (learner) WHERE (released_at IS NULL);
CREATE TRIGGER holds_touch_i AFTER INSERT ON holds REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
CREATE TRIGGER holds_touch_u AFTER UPDATE ON holds REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
alter table holds enable row level security;
alter table holds force row level security;
create policy holds_change on holds for update using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(learner));
create policy holds_delete on holds for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(learner));
create policy holds_insert on holds for insert with check (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(learner));
create policy holds_read on holds for select using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(learner));

create table idempotency_keys (
    id uuid not null,
    client uuid not null,
    idempotency_key character varying(255) not null,
    request_sha256 bytea not null,
    status integer default 0 not null,
    response jsonb,
    created_at timestamp with time zone not null
);
alter table idempotency_keys add constraint idempotency_keys_client_fkey FOREIGN KEY (client) REFERENCES api_clients(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (id);
alter table idempotency_keys add constraint uq_idempotency_keys UNIQUE (client, idempotency_key);
CREATE INDEX idempotency_keys_client ON idempotency_keys USING btree (client);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys USING btree (created_at);

create table institutions (
    id uuid not null,
    name character varying(255) not null,
    jurisdiction character varying(10) not null,
    timezone character varying(64) not null,
    language character varying(10) not null,
    contact_email character varying(320),
    pupil_domains character varying(255)[] default '{}'::character varying[] not null,
    verified_domains character varying(255)[] default '{}'::character varying[] not null,
    legal_model character varying(32) not null,
    state character varying(16) not null,
    revision bigint default 0 not null,
    created_at timestamp with time zone not null,
    ended_at timestamp with time zone
);
alter table institutions add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['invited'::character varying, 'active'::character varying, 'ended'::character varying])::text[])));
alter table institutions add constraint institutions_pkey PRIMARY KEY (id);
CREATE TRIGGER institutions_keep_ids BEFORE UPDATE ON institutions FOR EACH ROW WHEN ((new.id IS DISTINCT FROM old.id)) EXECUTE FUNCTION stays();
CREATE TRIGGER institutions_stay BEFORE DELETE ON institutions FOR EACH ROW EXECUTE FUNCTION stays();

create table learners (
    id uuid not null,
    platform_id character varying(255),
    given_name character varying(255),
    family_name character varying(255),
    birth_date character varying(10),
    email character varying(320),
    email_key character varying(320),
    jurisdictions character varying(255)[] default '{}'::character varying[] not null,
    timezone character varying(64) not null,
    language character varying(10) not null,
    standing character varying(24) not null,
    assent character varying(16),
    revision bigint default 0 not null,
    check_at timestamp with time zone,
    created_at timestamp with time zone not null,
    erased_at timestamp with time zone
);
alter table learners add constraint ck_assent CHECK (((assent IS NULL) OR ((assent)::text = ANY ((ARRAY['given'::character varying, 'declined'::character varying])::text[]))));
alter table learners add constraint ck_standing CHECK (((standing)::text = ANY ((ARRAY['active'::character varying, 'identity_held'::character varying, 'reported'::character varying, 'erasure_in_progress'::character varying, 'erased'::character varying])::text[])));
alter table learners add constraint learners_pkey PRIMARY KEY (id);
CREATE INDEX learners_check_at ON learners USING btree (check_at) WHERE (check_at IS NOT NULL);
CREATE INDEX learners_email_key ON learners USING btree (email_key) WHERE (email_key IS NOT NULL);
CREATE UNIQUE INDEX learners_platform_id ON learners USING btree (platform_id) WHERE (platform_id IS NOT NULL);
CREATE TRIGGER learners_facts BEFORE UPDATE ON learners FOR EACH ROW EXECUTE FUNCTION learner_facts_changed();
CREATE TRIGGER learners_keep_ids BEFORE UPDATE ON learners FOR EACH ROW WHEN ((new.id IS DISTINCT FROM old.id)) EXECUTE FUNCTION stays();
CREATE TRIGGER learners_stay BEFORE DELETE ON learners FOR EACH ROW EXECUTE FUNCTION stays();
CREATE TRIGGER learners_unmark AFTER UPDATE ON learners FOR EACH ROW WHEN (((((((new.given_name)::text IS DISTINCT FROM (old.given_name)::text) OR ((new.family_name)::text IS DISTINCT FROM (old.family_name)::text)) OR ((new.birth_date)::text IS DISTINCT FROM (old.birth_date)::text)) OR ((new.email_key)::text IS DISTINCT FROM (old.email_key)::text)) OR (new.erased_at IS DISTINCT FROM old.erased_at))) EXECUTE FUNCTION unmark_by_learner();
CREATE TRIGGER learners_versions AFTER UPDATE ON learners FOR EACH ROW WHEN (((new.erased_at IS NULL) AND ((((((old.birth_date)::text IS DISTINCT FROM (new.birth_date)::text) OR (old.jurisdictions IS DISTINCT FROM new.jurisdictions)) OR ((old.timezone)::text IS DISTINCT FROM (new.timezone)::text)) OR ((old.standing)::text IS DISTINCT FROM (new.standing)::text)) OR ((old.assent)::text IS DISTINCT FROM (new.assent)::text)))) EXECUTE FUNCTION keep_version('learner', 'id', 'birth_date', 'jurisdictions', 'timezone', 'standing', 'assent');
alter table learners enable row level security;
alter table learners force row level security;
create policy learners_change on learners for update using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(id) OR app_ward(id));
create policy learners_delete on learners for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(id) OR app_ward(id));
create policy learners_insert on learners for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (( SELECT app_institution() AS app_institution) IS NOT NULL));
create policy learners_read on learners for select using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(id) OR app_ward(id));

create table links (
    id uuid not null,
    purpose character varying(16) not null,
    subject uuid not null,
    message uuid,
    handle_sha256 bytea not null,
    kid character varying(16) not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
alter table links add constraint ck_purpose CHECK (((purpose)::text = ANY (ARRAY[('own'::character varying)::text, ('consent'::character varying)::text, ('unsubscribe'::character varying)::text, ('sign'::character varying)::text, ('sign_in'::character varying)::text])));
alter table links add constraint links_handle_sha256_key UNIQUE (handle_sha256);
alter table links add constraint links_pkey PRIMARY KEY (id);
CREATE INDEX links_handle_sha256 ON links USING btree (handle_sha256);
CREATE INDEX links_subject ON links USING btree (subject);

create table mail_messages (
    id uuid not null,
    institution uuid,
    letter character varying(48) not null,
    recipient_kind character varying(16) not null,
    recipient uuid not null,
    subject uuid not null,
    sequence integer default 0 not null,
    state character varying(16) not null,
    phase character varying(12),
    attempts integer default 0 not null,
    worker character varying(64),
    lease_until timestamp with time zone,
    not_before timestamp with time zone not null,
    created_at timestamp with time zone not null,
    accepted_at timestamp with time zone,
    code character varying(16),
    queue_id character varying(64)
);
alter table mail_messages add constraint ck_kind CHECK (((recipient_kind)::text = ANY (ARRAY[('learner'::character varying)::text, ('guardian'::character varying)::text, ('staff'::character varying)::text, ('signatory'::character varying)::text])));
alter table mail_messages add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'unknown'::character varying, 'accepted'::character varying, 'delivered'::character varying, 'bounced_soft'::character varying, 'bounced_hard'::character varying, 'complained'::character varying, 'suppressed'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[])));
alter table mail_messages add constraint mail_messages_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table mail_messages add constraint mail_messages_pkey PRIMARY KEY (id);
alter table mail_messages add constraint uq_mail_messages UNIQUE (letter, recipient, subject, sequence);
CREATE INDEX mail_messages_due ON mail_messages USING btree (not_before, id) WHERE ((state)::text = 'queued'::text);
CREATE INDEX mail_messages_institution ON mail_messages USING btree (institution);
CREATE INDEX mail_messages_leased ON mail_messages USING btree (lease_until) WHERE ((state)::text = 'sending'::text);
CREATE INDEX mail_messages_subject ON mail_messages USING btree (subject);
alter table mail_messages enable row level security;
alter table mail_messages force row level security;
create policy mail_messages_change on mail_messages for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (recipient = ( SELECT app_guardian() AS app_guardian)));
create policy mail_messages_delete on mail_messages for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy mail_messages_insert on mail_messages for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_guardians_school(institution));
create policy mail_messages_read on mail_messages for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR (recipient = ( SELECT app_guardian() AS app_guardian)));

create table notice_texts (
    id uuid not null,
    notice uuid not null,
    language character varying(10) not null,
    body jsonb default '{}'::jsonb not null,
    sha256 character varying(64) not null
);
alter table notice_texts add constraint notice_texts_notice_fkey FOREIGN KEY (notice) REFERENCES notices(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table notice_texts add constraint notice_texts_pkey PRIMARY KEY (id);
alter table notice_texts add constraint uq_notice_texts UNIQUE (notice, language);
CREATE INDEX notice_texts_notice ON notice_texts USING btree (notice);
CREATE TRIGGER notice_texts_fixed BEFORE INSERT OR DELETE OR UPDATE ON notice_texts FOR EACH ROW EXECUTE FUNCTION notice_is_fixed();

create table notices (
    id uuid not null,
    version integer default 0 not null,
    state character varying(16) not null,
    material boolean default true not null,
    purposes character varying(255)[] default '{}'::character varying[] not null,
    created_at timestamp with time zone not null,
    published_at timestamp with time zone,
    terms jsonb,
    changed character varying(255)[]
);
alter table notices add constraint ck_one_draft CHECK (((version > 0) OR ((state)::text = 'draft'::text)));
alter table notices add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['draft'::character varying, 'published'::character varying, 'superseded'::character varying])::text[])));
alter table notices add constraint notices_pkey PRIMARY KEY (id);
alter table notices add constraint notices_version_key UNIQUE (version);
CREATE TRIGGER notices_fixed BEFORE DELETE OR UPDATE ON notices FOR EACH ROW EXECUTE FUNCTION notice_row_is_fixed();
CREATE TRIGGER notices_touch AFTER UPDATE ON notices FOR EACH ROW EXECUTE FUNCTION touch_by_notice();

create table own_answers (
    id uuid not null,
    learner uuid not null,
    purpose character varying(64) not null,
    state character varying(16) not null,
    notice_version integer default 0 not null,
    notice_sha256 character varying(64) not null,
    language character varying(10) not null,
    recorded_at timestamp with time zone not null,
    act uuid not null
);
alter table own_answers add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['given'::character varying, 'declined'::character varying, 'withdrawn'::character varying])::text[])));
alter table own_answers add constraint own_answers_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table own_answers add constraint own_answers_pkey PRIMARY KEY (id);
CREATE INDEX own_answers_latest ON own_answers USING btree (learner, purpose, recorded_at);
CREATE INDEX own_answers_learner ON own_answers USING btree (learner);
CREATE TRIGGER own_answers_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON own_answers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER own_answers_touch AFTER INSERT ON own_answers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_by_learner();
alter table own_answers enable row level security;
alter table own_answers force row level security;
create policy own_answers_change on own_answers for update using ( SELECT app_sees_all() AS app_sees_all);
create policy own_answers_delete on own_answers for delete using ( SELECT app_sees_all() AS app_sees_all);
create policy own_answers_insert on own_answers for insert with check ( SELECT app_sees_all() AS app_sees_all);
create policy own_answers_read on own_answers for select using (( SELECT app_sees_all() AS app_sees_all) OR app_pupil(learner));

create table purge_tasks (
    id uuid not null,
    purge uuid not null,
    recipient character varying(64) not null,
    state character varying(16) not null,
    attempts integer default 0 not null,
    erased jsonb default '{}'::jsonb not null,
    note character varying(500),
    sent_at timestamp with time zone,
    done_at timestamp with time zone
);
alter table purge_tasks add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'sent'::character varying, 'acknowledged'::character varying, 'failed'::character varying, 'manual'::character varying, 'skipped'::character varying])::text[])));
alter table purge_tasks add constraint purge_tasks_pkey PRIMARY KEY (id);
alter table purge_tasks add constraint purge_tasks_purge_fkey FOREIGN KEY (purge) REFERENCES purges(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table purge_tasks add constraint uq_purge_tasks UNIQUE (purge, recipient);
CREATE INDEX purge_tasks_purge ON purge_tasks USING btree (purge);

create table purges (
    id uuid not null,
    learner uuid not null,
    institution uuid,
    state character varying(16) not null,
    cause character varying(32) not null,
    due_at timestamp with time zone not null,
    approved_by uuid,
    approved_at timestamp with time zone,
    cooling_until timestamp with time zone,
    started_at timestamp with time zone,
    done_at timestamp with time zone,
    certificate jsonb
);
alter table purges add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['due'::character varying, 'approved'::character varying, 'cooling_off'::character varying, 'running'::character varying, 'done'::character varying, 'partial'::character varying, 'cancelled'::character varying, 'rescinded'::character varying, 'held'::character varying, 'needs_approval'::character varying])::text[])));
alter table purges add constraint purges_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES staff(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table purges add constraint purges_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table purges add constraint purges_learner_fkey FOREIGN KEY (learner) REFERENCES learners(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table purges add constraint purges_pkey PRIMARY KEY (id);
CREATE INDEX purges_approved_by ON purges USING btree (approved_by);
CREATE INDEX purges_institution ON purges USING btree (institution);
CREATE INDEX purges_learner ON purges USING btree (learner);
CREATE UNIQUE INDEX purges_open ON purges USING btree (learner) WHERE ((state)::text = ANY ((ARRAY['due'::character varying, 'approved'::character varying, 'cooling_off'::character varying, 'running'::character varying, 'held'::character varying, 'needs_approval'::character varying])::text[]));
alter table purges enable row level security;
alter table purges force row level security;
create policy purges_change on purges for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy purges_delete on purges for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy purges_insert on purges for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy purges_read on purges for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));

create table purposes (
    code character varying(64) not null,
    position integer default 0 not null,
    core boolean default false not null,
    disclosure boolean default false not null,
    commercial boolean default false not null,
    guardian_always boolean default false not null,
    retention character varying(32) not null,
    texts jsonb default '{}'::jsonb not null
);
alter table purposes add constraint purposes_pkey PRIMARY KEY (code);
CREATE TRIGGER purposes_versions AFTER UPDATE ON purposes FOR EACH ROW WHEN (((((old.core IS DISTINCT FROM new.core) OR (old.disclosure IS DISTINCT FROM new.disclosure)) OR (old.commercial IS DISTINCT FROM new.commercial)) OR (old.guardian_always IS DISTINCT FROM new.guardian_always))) EXECUTE FUNCTION keep_version('purpose', '', 'core', 'disclosure', 'commercial', 'guardian_always');

create table recipients (
    code character varying(64) not null,
    position integer default 0 not null,
    kind character varying(16) not null,
    enabled boolean default true not null
);
alter table recipients add constraint recipients_pkey PRIMARY KEY (code);

create table roster_chunks (
    id uuid not null,
    upload uuid not null,
    position integer default 0 not null,
    content bytea
);
alter table roster_chunks add constraint roster_chunks_pkey PRIMARY KEY (id);
alter table roster_chunks add constraint roster_chunks_upload_fkey FOREIGN KEY (upload) REFERENCES roster_uploads(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table roster_chunks add constraint uq_roster_chunks UNIQUE (upload, "position");
alter table roster_chunks enable row level security;
alter table roster_chunks force row level security;
create policy roster_chunks_change on roster_chunks for update using (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));
create policy roster_chunks_delete on roster_chunks for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));
create policy roster_chunks_insert on roster_chunks for insert with check (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));
create policy roster_chunks_read on roster_chunks for select using (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));

create table roster_mappings (
    id uuid not null,
    institution uuid not null,
    fingerprint character varying(64) not null,
    mapping jsonb default '{}'::jsonb not null,
    confirmed_by uuid,
    created_at timestamp with time zone not null
);
alter table roster_mappings add constraint roster_mappings_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table roster_mappings add constraint roster_mappings_pkey PRIMARY KEY (id);
alter table roster_mappings add constraint uq_roster_mappings UNIQUE (institution, fingerprint);
alter table roster_mappings enable row level security;
alter table roster_mappings force row level security;
create policy roster_mappings_change on roster_mappings for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy roster_mappings_delete on roster_mappings for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy roster_mappings_insert on roster_mappings for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy roster_mappings_read on roster_mappings for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));

create table roster_rows (
    id uuid not null,
    upload uuid not null,
    row integer default 0 not null,
    state character varying(16) not null,
    codes character varying(255)[] default '{}'::character varying[] not null,
    learner uuid,
    record jsonb,
    changes jsonb
);
alter table roster_rows add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['new'::character varying, 'changed'::character varying, 'unchanged'::character varying, 'held'::character varying, 'missing'::character varying, 'rejected'::character varying])::text[])));
alter table roster_rows add constraint roster_rows_pkey PRIMARY KEY (id);
alter table roster_rows add constraint roster_rows_upload_fkey FOREIGN KEY (upload) REFERENCES roster_uploads(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
CREATE INDEX roster_rows_in_order ON roster_rows USING btree (upload, "row");
CREATE INDEX roster_rows_upload ON roster_rows USING btree (upload);
alter table roster_rows enable row level security;
alter table roster_rows force row level security;
create policy roster_rows_change on roster_rows for update using (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));
create policy roster_rows_delete on roster_rows for delete using (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));
create policy roster_rows_insert on roster_rows for insert with check (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));
create policy roster_rows_read on roster_rows for select using (( SELECT app_sees_all() AS app_sees_all) OR app_known_upload(upload));

create table roster_uploads (
    id uuid not null,
    institution uuid not null,
    state character varying(16) not null,
    mode character varying(16) not null,
    sha256 character varying(64) not null,
    format character varying(64),
    counts jsonb default '{}'::jsonb not null,
    effect jsonb default '{}'::jsonb not null,
    error character varying(64),
    progress bigint default 0 not null,
    total bigint default 0 not null,
    started_by uuid,
    findings jsonb,
    created_at timestamp with time zone not null,
    planned_at timestamp with time zone,
    committed_at timestamp with time zone,
    erased_at timestamp with time zone,
    mapping jsonb
);
alter table roster_uploads add constraint ck_mode CHECK (((mode)::text = ANY ((ARRAY['additions'::character varying, 'snapshot'::character varying, 'delta'::character varying])::text[])));
alter table roster_uploads add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['received'::character varying, 'read'::character varying, 'planned'::character varying, 'committed'::character varying, 'cancelled'::character varying, 'failed'::character varying])::text[])));
alter table roster_uploads add constraint roster_uploads_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table roster_uploads add constraint roster_uploads_pkey PRIMARY KEY (id);
CREATE INDEX roster_uploads_institution ON roster_uploads USING btree (institution);
CREATE INDEX roster_uploads_waiting ON roster_uploads USING btree (created_at) WHERE (erased_at IS NULL);
alter table roster_uploads enable row level security;
alter table roster_uploads force row level security;
create policy roster_uploads_change on roster_uploads for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy roster_uploads_delete on roster_uploads for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy roster_uploads_insert on roster_uploads for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy roster_uploads_read on roster_uploads for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));

create table staff (
    id uuid not null,
    institution uuid,
    email character varying(320),
    email_key character varying(320),
    name character varying(255),
    role character varying(32) not null,
    language character varying(10) not null,
    state character varying(16) not null,
    created_at timestamp with time zone not null,
    ended_at timestamp with time zone
);
alter table staff add constraint ck_role CHECK (((role)::text = ANY ((ARRAY['operator_admin'::character varying, 'privacy_officer'::character varying, 'institution_admin'::character varying, 'roster_manager'::character varying, 'read_only'::character varying])::text[])));
alter table staff add constraint ck_state CHECK (((state)::text = ANY ((ARRAY['active'::character varying, 'ended'::character varying])::text[])));
alter table staff add constraint staff_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table staff add constraint staff_pkey PRIMARY KEY (id);
CREATE INDEX staff_email_key ON staff USING btree (email_key) WHERE (email_key IS NOT NULL);
CREATE INDEX staff_institution ON staff USING btree (institution);
alter table staff enable row level security;
alter table staff force row level security;
create policy staff_change on staff for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy staff_delete on staff for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy staff_insert on staff for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy staff_read on staff for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));

create table staff_sessions (
    id uuid not null,
    staff uuid not null,
    token_sha256 bytea not null,
    created_at timestamp with time zone not null,
    last_seen_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    revoked_at timestamp with time zone
);
alter table staff_sessions add constraint staff_sessions_pkey PRIMARY KEY (id);
alter table staff_sessions add constraint staff_sessions_staff_fkey FOREIGN KEY (staff) REFERENCES staff(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table staff_sessions add constraint staff_sessions_token_sha256_key UNIQUE (token_sha256);
CREATE INDEX staff_sessions_staff ON staff_sessions USING btree (staff);
CREATE INDEX staff_sessions_token_sha256 ON staff_sessions USING btree (token_sha256);

create table suppressions (
    id uuid not null,
    institution uuid,
    address_hmac bytea not null,
    reason character varying(32) not null,
    created_at timestamp with time zone not null,
    cleared_at timestamp with time zone
);
alter table suppressions add constraint suppressions_institution_fkey FOREIGN KEY (institution) REFERENCES institutions(id) ON UPDATE RESTRICT ON DELETE RESTRICT;
alter table suppressions add constraint suppressions_pkey PRIMARY KEY (id);
CREATE INDEX suppressions_institution ON suppressions USING btree (institution);
CREATE UNIQUE INDEX suppressions_open ON suppressions USING btree (institution, address_hmac) WHERE (cleared_at IS NULL);
alter table suppressions enable row level security;
alter table suppressions force row level security;
create policy suppressions_change on suppressions for update using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy suppressions_delete on suppressions for delete using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)));
create policy suppressions_insert on suppressions for insert with check (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_guardians_school(institution));
create policy suppressions_read on suppressions for select using (( SELECT app_sees_all() AS app_sees_all) OR (institution = ( SELECT app_institution() AS app_institution)) OR app_guardians_school(institution));

create table sweeps (
    id uuid not null,
    at timestamp with time zone not null,
    finished_at timestamp with time zone,
    counts jsonb default '{}'::jsonb not null
);
alter table sweeps add constraint sweeps_pkey PRIMARY KEY (id);
CREATE INDEX sweeps_at ON sweeps USING btree (at);

create table tombstones (
    id uuid not null,
    learner uuid not null,
    purge uuid not null,
    platform_hmac bytea,
    student_hmac bytea,
    person_hmac bytea,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null
);
alter table tombstones add constraint tombstones_pkey PRIMARY KEY (id);
CREATE INDEX tombstones_learner ON tombstones USING btree (learner);
