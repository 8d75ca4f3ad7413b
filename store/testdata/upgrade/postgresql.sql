-- note activation tca_qbjbdqplib_kda6i57o6nbyqzi4ntyytdfxem
-- note audit 69:aa8ba31506a88c5a4f3c5a37f42849030018b381055be36dbd34c3c04ced8911
-- note bearer tck_p5q26zxubl_ojczr7tk4f52qtyze6pocljkxu
-- note ended tck_4oojjmhy5z_nfoxu7vggyfvpl6vi2dpyi2kpz
-- note export z3pkeathez
-- note undo ioe5i5bb2w
SELECT pg_catalog.set_config('search_path', '', false);
CREATE FUNCTION public.forget_erased() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM list_number WHERE phone_find = NEW.phone_find;
    RETURN NULL;
END $$;
CREATE FUNCTION public.forget_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM list_number WHERE phone_find = OLD.phone_find;
    RETURN NULL;
END $$;
CREATE FUNCTION public.forget_openid() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM subscription WHERE resident = OLD.id;
    RETURN NULL;
END $$;
CREATE TABLE public.alarm (
    kind text NOT NULL,
    detail text NOT NULL,
    since bigint NOT NULL,
    last bigint NOT NULL,
    count bigint NOT NULL,
    acked_at bigint,
    acked_by text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.audit (
    seq bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL,
    at bigint NOT NULL,
    hash bytea NOT NULL,
    origin text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.audit_mark (
    name text NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT audit_mark_name_check CHECK ((name = ANY (ARRAY['anchor'::text, 'head'::text])))
);
CREATE TABLE public.broadcast (
    num bigint NOT NULL,
    id text NOT NULL,
    version bigint NOT NULL,
    status text NOT NULL,
    committee text NOT NULL,
    author text NOT NULL,
    topic text NOT NULL,
    emergency bigint NOT NULL,
    series text,
    due_at bigint,
    doubtful bigint NOT NULL,
    wait bigint NOT NULL,
    doc text NOT NULL,
    freezing_at bigint,
    frontier text DEFAULT ''::text NOT NULL,
    last bigint DEFAULT 0 NOT NULL,
    frozen bigint DEFAULT 0 NOT NULL,
    frozen_at bigint,
    ended_at bigint,
    forgotten_at bigint,
    CONSTRAINT broadcast_check CHECK (((series IS NULL) = (due_at IS NULL))),
    CONSTRAINT broadcast_doubtful_check CHECK ((doubtful = ANY (ARRAY[(0)::bigint, (1)::bigint]))),
    CONSTRAINT broadcast_emergency_check CHECK ((emergency = ANY (ARRAY[(0)::bigint, (1)::bigint]))),
    CONSTRAINT broadcast_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'scheduled'::text, 'held'::text, 'freezing'::text, 'sending'::text, 'paused'::text, 'done'::text, 'cancelled'::text, 'expired'::text])))
);
ALTER TABLE public.broadcast ALTER COLUMN num ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.broadcast_num_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.channel_served (
    channel text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.claim (
    id bigint NOT NULL,
    broadcast bigint NOT NULL,
    channel text NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    at bigint NOT NULL,
    leased_until bigint,
    sending bigint NOT NULL,
    handle text DEFAULT ''::text NOT NULL,
    waiting bigint NOT NULL,
    open bigint DEFAULT 1 NOT NULL,
    lost bigint DEFAULT 0 NOT NULL
);
ALTER TABLE public.claim ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.committee (
    code text NOT NULL,
    name text NOT NULL,
    street text NOT NULL,
    area text NOT NULL
);
CREATE TABLE public.community (
    committee text NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.consent (
    resident bigint NOT NULL,
    what text NOT NULL,
    given_at bigint NOT NULL,
    how text NOT NULL,
    basis text NOT NULL,
    CONSTRAINT consent_basis_check CHECK ((basis = ANY (ARRAY['consent'::text, 'duty'::text, 'emergency'::text])))
);
CREATE TABLE public.delivery (
    id bigint NOT NULL,
    broadcast bigint NOT NULL,
    recipient bigint NOT NULL,
    resident bigint NOT NULL,
    channel text NOT NULL,
    round bigint NOT NULL,
    state text NOT NULL,
    claim bigint,
    tries bigint DEFAULT 0 NOT NULL,
    due_at bigint DEFAULT 0 NOT NULL,
    absent bigint DEFAULT 0 NOT NULL,
    passed bigint DEFAULT 0 NOT NULL,
    handle text DEFAULT ''::text NOT NULL,
    class text DEFAULT ''::text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    parts integer DEFAULT 0 NOT NULL,
    updated_at bigint NOT NULL,
    named bigint DEFAULT 0 NOT NULL,
    named_at bigint DEFAULT 0 NOT NULL,
    address bytea,
    CONSTRAINT delivery_channel_check CHECK (((channel = 'sms'::text) OR (channel = 'template'::text) OR (channel = 'subscription'::text) OR (channel = ''::text))),
    CONSTRAINT delivery_state_check CHECK (((state = 'accepted'::text) OR (state = 'sending'::text) OR (state = 'pending'::text) OR (state = 'delivered'::text) OR (state = 'planned'::text) OR (state = 'undelivered'::text) OR (state = 'failed'::text) OR (state = 'in_doubt'::text) OR (state = 'unknown'::text) OR (state = 'suppressed'::text) OR (state = 'cancelled'::text) OR (state = 'expired'::text)))
);
ALTER TABLE public.delivery ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.early_event (
    delivery bigint NOT NULL,
    handle text NOT NULL,
    state text NOT NULL,
    class text NOT NULL,
    code text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.idempotency (
    key bytea NOT NULL,
    request bytea NOT NULL,
    leased_until bigint NOT NULL,
    done smallint DEFAULT 0 NOT NULL,
    answer bytea,
    resident bigint,
    expires_at bigint NOT NULL,
    acted bigint,
    CONSTRAINT idempotency_done_check CHECK ((done = ANY (ARRAY[0, 1])))
);
CREATE TABLE public.list_number (
    phone_find bytea NOT NULL,
    list text NOT NULL
);
CREATE TABLE public.number_list (
    id text NOT NULL,
    title text NOT NULL,
    committee text NOT NULL,
    numbers bigint DEFAULT 0 NOT NULL,
    created_at bigint NOT NULL,
    author text DEFAULT ''::text NOT NULL,
    lines bigint DEFAULT 0 NOT NULL,
    digest bytea
);
CREATE TABLE public.numbers_export (
    id text NOT NULL,
    committee text NOT NULL,
    why text NOT NULL,
    asked_by text NOT NULL,
    asked_at bigint NOT NULL,
    confirmed_by text DEFAULT ''::text NOT NULL,
    confirmed_at bigint,
    used_by text DEFAULT ''::text NOT NULL,
    used_at bigint
);
CREATE TABLE public.preference (
    resident bigint NOT NULL,
    topic text NOT NULL,
    channel text NOT NULL,
    wants integer NOT NULL,
    chosen_at bigint NOT NULL,
    CONSTRAINT preference_channel_check CHECK ((channel = ANY (ARRAY[''::text, 'wechat'::text, 'sms'::text]))),
    CONSTRAINT preference_wants_check CHECK ((wants = ANY (ARRAY[0, 1])))
);
CREATE TABLE public.recipient (
    broadcast bigint NOT NULL,
    n bigint NOT NULL,
    resident bigint NOT NULL,
    subject bytea NOT NULL,
    given bigint NOT NULL,
    CONSTRAINT recipient_given_check CHECK ((given = ANY (ARRAY[(0)::bigint, (1)::bigint])))
);
CREATE TABLE public.resident (
    id bigint NOT NULL,
    subject bytea NOT NULL,
    phone_find bytea,
    phone bytea,
    phone_from text DEFAULT ''::text NOT NULL,
    openid_find bytea,
    openid bytea,
    committee text,
    community text DEFAULT ''::text NOT NULL,
    place_from text DEFAULT ''::text NOT NULL,
    tags text DEFAULT '[]'::text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT resident_check CHECK ((((phone_find IS NULL) = (phone IS NULL)) AND ((phone IS NULL) = (phone_from = ''::text)))),
    CONSTRAINT resident_check1 CHECK (((openid_find IS NULL) = (openid IS NULL))),
    CONSTRAINT resident_phone_from_check CHECK ((phone_from = ANY (ARRAY[''::text, 'import'::text, 'staff'::text, 'chat'::text]))),
    CONSTRAINT resident_place_from_check CHECK ((place_from = ANY (ARRAY[''::text, 'import'::text, 'staff'::text, 'chat'::text]))),
    CONSTRAINT resident_subject_check CHECK ((length(subject) = 16))
);
ALTER TABLE public.resident ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.resident_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.roster_import (
    id text NOT NULL,
    digest bytea NOT NULL,
    at bigint NOT NULL,
    up_to integer NOT NULL,
    passed bytea,
    added integer DEFAULT 0 NOT NULL,
    changed integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    erased integer DEFAULT 0 NOT NULL,
    stopped integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.seal_key (
    id integer NOT NULL,
    wrapped bytea NOT NULL,
    made_at bigint NOT NULL,
    settled_at bigint,
    finds bigint DEFAULT 0 NOT NULL,
    CONSTRAINT seal_key_id_check CHECK (((id >= 0) AND (id <= 65535)))
);
CREATE TABLE public.sealing (
    id integer NOT NULL,
    proof bytea NOT NULL,
    CONSTRAINT sealing_id_check CHECK ((id = 1))
);
CREATE TABLE public.series (
    id text NOT NULL,
    version bigint NOT NULL,
    doc text NOT NULL
);
CREATE TABLE public.sms_inbound (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    kind text NOT NULL,
    handle text NOT NULL,
    phone_find bytea,
    element bytea NOT NULL,
    received_at bigint NOT NULL,
    due_at bigint NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    handled_at bigint,
    CONSTRAINT sms_inbound_kind_check CHECK ((kind = ANY (ARRAY['receipt'::text, 'reply'::text])))
);
ALTER TABLE public.sms_inbound ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sms_inbound_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sms_stop (
    id bigint NOT NULL,
    phone_find bytea NOT NULL,
    phone bytea NOT NULL,
    via text NOT NULL,
    at bigint NOT NULL,
    made bigint NOT NULL,
    undone_at bigint,
    CONSTRAINT sms_stop_made_check CHECK ((made = ANY (ARRAY[(0)::bigint, (1)::bigint])))
);
ALTER TABLE public.sms_stop ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sms_stop_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.staff (
    id text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    committee text NOT NULL,
    created_at bigint NOT NULL,
    disabled_at bigint,
    phone bytea,
    phone_find bytea,
    phone_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT staff_check CHECK (((role = 'committee'::text) = (committee <> ''::text))),
    CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['author'::text, 'approver'::text, 'committee'::text, 'auditor'::text, 'admin'::text])))
);
CREATE TABLE public.staff_invitation (
    id text NOT NULL,
    person text NOT NULL,
    issued_by text NOT NULL,
    issued_at bigint NOT NULL,
    confirmed_by text DEFAULT ''::text NOT NULL,
    confirmed_at bigint,
    in_person smallint DEFAULT 0 NOT NULL,
    phone bytea,
    phone_by text DEFAULT ''::text NOT NULL,
    opened_at bigint,
    revoked_at bigint,
    expires_at bigint NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT staff_invitation_in_person_check CHECK ((in_person = ANY (ARRAY[0, 1])))
);
CREATE TABLE public.staff_key (
    id text NOT NULL,
    person text NOT NULL,
    secret bytea NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint,
    last_used_at bigint,
    expires_at bigint DEFAULT 0 NOT NULL,
    setup smallint DEFAULT 0 NOT NULL,
    CONSTRAINT staff_key_setup_check CHECK ((setup = ANY (ARRAY[0, 1])))
);
CREATE TABLE public.stop_undo (
    id text NOT NULL,
    via text NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL,
    why text NOT NULL,
    asked_by text NOT NULL,
    asked_at bigint NOT NULL,
    confirmed_by text DEFAULT ''::text NOT NULL,
    confirmed_at bigint,
    undone bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.subscription (
    resident bigint NOT NULL,
    template text NOT NULL,
    agreed_at bigint NOT NULL
);
CREATE TABLE public.suppression (
    phone_find bytea NOT NULL,
    reason text NOT NULL,
    at bigint NOT NULL,
    CONSTRAINT suppression_reason_check CHECK ((reason = ANY (ARRAY['stopped'::text, 'erased'::text])))
);
CREATE TABLE public.tally (
    broadcast bigint NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    part bigint NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE public.test_send (
    id bigint NOT NULL,
    asker text NOT NULL,
    recipient text NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE public.test_send ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.test_send_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.text (
    id bigint NOT NULL,
    out_id text NOT NULL,
    subject bytea,
    phone_find bytea,
    kind text NOT NULL,
    template text NOT NULL,
    state text NOT NULL,
    handle text DEFAULT ''::text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    parts integer DEFAULT 0 NOT NULL,
    created_at bigint NOT NULL,
    leased_until bigint,
    settled_at bigint,
    CONSTRAINT text_kind_check CHECK ((kind = ANY (ARRAY['code'::text, 'access'::text]))),
    CONSTRAINT text_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'accepted'::text, 'delivered'::text, 'undelivered'::text, 'failed'::text, 'in_doubt'::text, 'unknown'::text])))
);
ALTER TABLE public.text ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.text_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ticket (
    number text NOT NULL,
    grp text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    topic text NOT NULL,
    asker bytea,
    asker_id bytea,
    text bytea NOT NULL,
    place bytea NOT NULL,
    owner text DEFAULT ''::text NOT NULL,
    answer bytea,
    filed_at bigint NOT NULL,
    due_at bigint NOT NULL,
    answered_at bigint,
    closed_at bigint,
    told_at bigint,
    leased_until bigint,
    tries integer DEFAULT 0 NOT NULL,
    deferred integer DEFAULT 0 NOT NULL,
    phone_find bytea,
    phone bytea,
    messages integer DEFAULT 1 NOT NULL,
    CONSTRAINT ticket_check CHECK (((asker IS NULL) = (asker_id IS NULL))),
    CONSTRAINT ticket_check1 CHECK (((status = 'answered'::text) = (answer IS NOT NULL))),
    CONSTRAINT ticket_check2 CHECK (((phone IS NULL) = (phone_find IS NULL))),
    CONSTRAINT ticket_kind_check CHECK ((kind = ANY (ARRAY['suggestion'::text, 'question'::text, 'handoff'::text, 'reply'::text]))),
    CONSTRAINT ticket_status_check CHECK ((status = ANY (ARRAY['open'::text, 'answered'::text, 'closed'::text])))
);
CREATE TABLE public.ticket_day (
    day text NOT NULL,
    last integer NOT NULL
);
CREATE TABLE public.ticket_message (
    message bytea NOT NULL,
    number text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.ticket_proposal (
    grp text NOT NULL,
    id text NOT NULL,
    answer bytea NOT NULL,
    owner text NOT NULL,
    actor text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.write_probe (
    id integer NOT NULL,
    at bigint NOT NULL,
    CONSTRAINT write_probe_id_check CHECK ((id = 1))
);
INSERT INTO public.alarm VALUES ('sms-stops', 'stops=9', 1904436000000, 1904436000000, 1, NULL, '');
INSERT INTO public.alarm VALUES ('sms-codes-capped', 'codes=9', 1904436000000, 1904436000000, 1, 1904436000000, 'staff:boss');
INSERT INTO public.audit VALUES (1, 'local:root', 'staff.add', 'boss', 'role=admin', 1904432400000, '\xc7117086617da894d556cf67f6ad06f9cc91f8298bc5dcf05fc982f3baf12fbe', '');
INSERT INTO public.audit VALUES (2, 'local:root', 'staff.add', 'wang', 'role=admin', 1904432400000, '\x609aac45bc34faa79b55fedd9598dee42a85d5b9899da3ca238be8683e15e1fd', '');
INSERT INTO public.audit VALUES (3, 'local:root', 'staff.add', 'li', 'role=author', 1904432400000, '\xead0ea0b4333fdbedb84623243be5b867d2c04157efe1c887a57a0a773c360ad', '');
INSERT INTO public.audit VALUES (4, 'local:root', 'staff.add', 'chen', 'role=approver', 1904432400000, '\x23b88a256c166be765a567b813fbb62239a557c68e7a276123634cbae0905b0c', '');
INSERT INTO public.audit VALUES (5, 'local:root', 'staff.add', 'gone', 'role=auditor', 1904432400000, '\x4fdc2bbfdb7b9a30309dce9a258cac2a7af092c0c733c7ece1cc56738e4e7309', '');
INSERT INTO public.audit VALUES (6, 'local:root', 'staff.key', 'li', 'key=p5q26zxubl', 1904432400000, '\xf0eeea1a2195955e6291a23d81c06fa5e23e894b4550a75e8470da19b4b7d015', '');
INSERT INTO public.audit VALUES (7, 'local:root', 'staff.key', 'gone', 'key=4oojjmhy5z', 1904432400000, '\xb4e9219dead26d6e3c64615a0b164b4ce798cbe10cc1a292dce25dfb1733f746', '');
INSERT INTO public.audit VALUES (8, 'local:root', 'staff.disable', 'gone', '', 1904432400000, '\x3a36a7cd5ef3734e5c7ebe3fc3fd085230a5ff4f6cc170d4e4e5026ce7292d12', '');
INSERT INTO public.audit VALUES (9, 'local:root', 'staff.phone', 'wang', '', 1904432400000, '\x007c27c2a7e0a04a34536f8f001e93189f92891aaf58773662f8210be51463eb', '');
INSERT INTO public.audit VALUES (10, 'local:root', 'staff.invite', 'boss', 'invitation=qbjbdqplib proof=in-person', 1904432400000, '\x1eda9d0cad4219ac63f2ed776fdc27cb2488edbec1e04dd7abc92318f5d49049', '');
INSERT INTO public.audit VALUES (11, 'staff:boss', 'committee.put', 'C1', 'communities=2 new=yes', 1904432400000, '\x9a4beb2c3e7b7a6fdaeb1c0869fc9ccd8cc20b2b45e58f6fd626486dad93f9d4', '');
INSERT INTO public.audit VALUES (12, 'staff:boss', 'committee.put', 'C2', 'communities=0 new=yes', 1904432400000, '\xf3f984b46f3a708399b7e14e7c85849707710ef8550bb3db0dbf74cd9ea60b3a', '');
INSERT INTO public.audit VALUES (13, 'staff:boss', 'resident.add', 'be2ec4e9bf0cd58f8e7a7645df32d760', '', 1904432400000, '\xcd2d56ef5e4ec7c409696423082efee625c4ca3132268b52f90c8af364b29d50', '');
INSERT INTO public.audit VALUES (14, 'staff:boss', 'resident.add', '860616ff54a63846458ef3edbe0893ba', '', 1904432400000, '\x0be9b75c7557efd00d358232d376be16273d606473e3e70e7a123817417cf3ee', '');
INSERT INTO public.audit VALUES (15, 'staff:boss', 'resident.add', 'f5c45c7db6c9995747ee17dca9a600f9', '', 1904432400000, '\x76ce6270406c927e4f236a6223d19b9918389299e2f8b8957392698f0cf03dce', '');
INSERT INTO public.audit VALUES (16, 'staff:boss', 'resident.add', 'a3aca6ce125d942585c0e121ad42b106', '', 1904432400000, '\xe645943b356af65c94d71511a35c59c4c7422c655cca0ae39cffa3f59df07130', '');
INSERT INTO public.audit VALUES (17, 'staff:boss', 'resident.add', 'b17498260fbfff6134a7b1b33f812974', '', 1904432400000, '\xf621625e2cea356431595e5d5ae8476411bac91e90be700941456b44432fb3b5', '');
INSERT INTO public.audit VALUES (18, 'staff:boss', 'resident.add', '0ca8de1e7395723313b71ca705476525', '', 1904432400000, '\x6a07eeea2bfeef7c6bf0f122c9f2997a9bb06cbe418994e38ccdfb95f232c8d0', '');
INSERT INTO public.audit VALUES (19, 'staff:boss', 'resident.add', '851511197a0f944dbe2308f33e52a392', '', 1904432400000, '\x79a23c71d786a80b0742cb3f29df8c4adad118f23945e96f2e11211700ef8051', '');
INSERT INTO public.audit VALUES (20, 'resident', 'resident.bind', 'be2ec4e9bf0cd58f8e7a7645df32d760', '', 1904432400000, '\x5c1360a739649c2c459c4138780d06563d5d7f1971a52bd35ff6fe39bf3e4505', '');
INSERT INTO public.audit VALUES (21, 'resident', 'resident.prefer', 'be2ec4e9bf0cd58f8e7a7645df32d760', 'topic=dogs channel=wechat wants=true', 1904432400000, '\xff5c9ab9e56d66f22d5726bef7c68a8959bb2d15ea3f14fa9e6c41bcb7d86bfd', '');
INSERT INTO public.audit VALUES (22, 'resident', 'resident.prefer', 'be2ec4e9bf0cd58f8e7a7645df32d760', 'topic=dogs channel=sms wants=false', 1904432400000, '\x59b0c7d153719a9eb87418e1e4e732e1d70eeffe318b1ddd0ba3bcb6e5f21900', '');
INSERT INTO public.audit VALUES (23, 'resident', 'resident.meet', '3faa11949f10e6cce268c92deb507979', '', 1904432400000, '\xe43553d18ce6957cac226f61712770202a834e58ddf7245717f0e7a5b447717e', '');
INSERT INTO public.audit VALUES (24, 'resident', 'resident.settle', '3faa11949f10e6cce268c92deb507979', 'committee=C2', 1904432400000, '\xd49d6866e0c15e46e852bf1d53490f9bd754facb6bd709f34447f54a48c6d1aa', '');
INSERT INTO public.audit VALUES (25, 'resident', 'resident.stop', 'f5c45c7db6c9995747ee17dca9a600f9', 'topic=* channel=sms wants=false', 1904432400000, '\x7e9a3839f9455c2f4a3c0f4c16306b321571b2effd70c8f5e526488489edb38b', '');
INSERT INTO public.audit VALUES (26, 'staff:boss', 'resident.erase', '851511197a0f944dbe2308f33e52a392', '', 1904432400000, '\x60035e8d464811e919139b054b212d830627eed02a40d072fcfefccd13f1d7c2', '');
INSERT INTO public.audit VALUES (27, 'staff:boss', 'roster.import', '', '', 1904432400000, '\xcf10272883e90bebf78f84fde4d26281c7219e9abf804f19682df0e67e737f4a', '');
INSERT INTO public.audit VALUES (28, 'staff:boss', 'export.ask', 'z3pkeathez', 'committee=C1', 1904432400000, '\x1542e47146d711c18d5b25bf3f66f88cc12e6616c9ef2d04988c004644d21470', '');
INSERT INTO public.audit VALUES (29, 'staff:wang', 'export.confirm', 'z3pkeathez', 'committee=C1', 1904432400000, '\x85973351f3f9482755380f71bf6b7195c5e75c90e4130d2d3f74c6eca2ebdc2d', '');
INSERT INTO public.audit VALUES (30, 'resident', 'resident.stop', 'a3aca6ce125d942585c0e121ad42b106', 'topic=* channel=sms wants=false', 1904432400000, '\xed4c24e6755f12f6d4478ccb46873dfd384c7fb78ac6f2fb747bc0666d975b1d', '');
INSERT INTO public.audit VALUES (31, 'staff:boss', 'stops.ask', 'k1', 'undo=ioe5i5bb2w since=2030-05-08T00:00:00Z until=2030-05-08T01:00:00Z', 1904432400000, '\x1f4dfbadf31363b6519f62dba53db1a694fc08790902bfa0ece7e5d5bef95ef8', '');
INSERT INTO public.audit VALUES (32, 'staff:wang', 'ticket.answer', '20300508-0001', 'tickets=1', 1904432460000, '\xc569da67b5b83fcc255f9407ed318b66d5522aada0341a5104838d95f840244c', '');
INSERT INTO public.audit VALUES (33, 'staff:wang', 'ticket.answer', '20300508-0002', 'tickets=1', 1904432520000, '\x047dbb8f12d76329c2258f0a30f072d2e4d3741c2f8039ca1a876b709464a383', '');
INSERT INTO public.audit VALUES (34, 'staff:wang', 'ticket.close', '20300508-0003', 'tickets=1', 1904432580000, '\xa5e27a6ffacec0aa0b19da32a266f2898f60b80aceb7791abf8220c6284933d4', '');
INSERT INTO public.audit VALUES (35, 'staff:wang', 'ticket.propose', '20300508-0004', 'proposal=m2przlrslh', 1904432640000, '\x8baf31b688cd8f36c18c9ac4f9767eca5e78ea98917ec8b1a383091abc076e34', '');
INSERT INTO public.audit VALUES (36, 'staff:li', 'list.add', 'LUPGRADE001', '', 1904432400000, '\x4ebab813d72d81fdf6361b2aa8bde878e020a3a02383f19187167a2526d1f44a', '');
INSERT INTO public.audit VALUES (37, 'staff:li', 'list.numbers', 'LUPGRADE001', '', 1904432400000, '\x6de5cf911af197d06693e6b8c855bb3b9f8b2fa7bfb4985d9f3200cda639b4d1', '');
INSERT INTO public.audit VALUES (38, 'staff:li', 'series.new', 'SHRGLETPZDE', 'cron=0_9_*_*_1 hash=c949f6b6a9c6', 1904432400000, '\x4abea3143795255465a7f302f7de7b36c7599b8230751167eb77a293eee2b508', '');
INSERT INTO public.audit VALUES (39, 'staff:chen', 'series.approve', 'SHRGLETPZDE', 'cron=0_9_*_*_1 hash=c949f6b6a9c6', 1904432400000, '\x7e4fe07ed8fcadebf683e310bd07f5a0942716023ce23de73b8fbe1fb6ef20ed', '');
INSERT INTO public.audit VALUES (40, 'staff:li', 'broadcast.new', 'BFW5LAQKPIA', 'status=draft', 1904432400000, '\x17893e7cf687f0e51b0e6fef54bf42f17c62a3fad39c08561f3a592a2ef6e360', '');
INSERT INTO public.audit VALUES (41, 'staff:li', 'broadcast.new', 'BWQONYHBZNX', 'status=draft', 1904432400000, '\x7095e7e6d746711aa404b6c6326e8cf7a29b933a79c727fc5e3c2c1b2816d5d1', '');
INSERT INTO public.audit VALUES (42, 'staff:li', 'broadcast.submit', 'BWQONYHBZNX', 'status=submitted hash=35f28088b8a2', 1904432400000, '\x6e1158e6c6e571529ba9b9ce79a0250f3467d78466ba0278a91413708213104b', '');
INSERT INTO public.audit VALUES (43, 'staff:li', 'broadcast.new', 'BUNZBUGQWIO', 'status=draft', 1904432400000, '\xd64863a8d0420d650aacd823b224a8b67a279772a099b5842dd955af596b1e60', '');
INSERT INTO public.audit VALUES (44, 'staff:li', 'broadcast.submit', 'BUNZBUGQWIO', 'status=submitted hash=3e88845e1af3', 1904432400000, '\xde09f01beb335027e6e1d12041b1517b0430f5a4bb3d76302b318dafab48c3b0', '');
INSERT INTO public.audit VALUES (45, 'staff:chen', 'broadcast.approve', 'BUNZBUGQWIO', 'status=approved hash=3e88845e1af3', 1904432400000, '\xaabe52731fa8aabe1210c5dfbeefc572912136a817582c7ed79c70f9064db53c', '');
INSERT INTO public.audit VALUES (46, 'staff:li', 'broadcast.new', 'BUKV5HIVEVH', 'status=draft', 1904432400000, '\x95db4f8ded772fe2ca4edf49c527429204a938901a5b4b4cda8137f9dfcf1124', '');
INSERT INTO public.audit VALUES (47, 'staff:li', 'broadcast.submit', 'BUKV5HIVEVH', 'status=submitted hash=f9df057a7e8f', 1904432400000, '\xcbd57a405565602c539aae0ea6a998279c9c851114d8c6a3536ba63eeb883c7c', '');
INSERT INTO public.audit VALUES (48, 'staff:chen', 'broadcast.approve', 'BUKV5HIVEVH', 'status=approved hash=f9df057a7e8f', 1904432400000, '\x4faa6e3dae7606c6cd4ce757d4b0054539925418aa741b5617cee1de6018a696', '');
INSERT INTO public.audit VALUES (49, 'staff:li', 'broadcast.schedule', 'BUKV5HIVEVH', 'status=scheduled hash=f9df057a7e8f', 1904432400000, '\x83db550c7feae038e6424919ae16945512c36c3a58fd31fbfa28f20c1cc0e48d', '');
INSERT INTO public.audit VALUES (50, 'staff:li', 'broadcast.new', 'BHNXTSN6KNC', 'status=draft', 1904432400000, '\x31a01a34e0c771d10f65cfc9e7f338f9898bb3829b594991f16d9b9653a54663', '');
INSERT INTO public.audit VALUES (51, 'staff:li', 'broadcast.submit', 'BHNXTSN6KNC', 'status=submitted hash=8be910b6074d', 1904432400000, '\xd8eee82fe5bc30890fd26edb95a00075dfbeb1c314a97588e5cec9d930a0e728', '');
INSERT INTO public.audit VALUES (52, 'staff:chen', 'broadcast.approve', 'BHNXTSN6KNC', 'status=approved hash=8be910b6074d', 1904432400000, '\xe4806276471fb4515d6b9de0ff5e9ccabd3a06d181c6176e9d678f5cb8ad8420', '');
INSERT INTO public.audit VALUES (53, 'staff:li', 'broadcast.schedule', 'BHNXTSN6KNC', 'status=scheduled hash=8be910b6074d', 1904432400000, '\x52d279cdb74b7f4b617023b9cd99c6602291add318e8f3d3e404888c495b6089', '');
INSERT INTO public.audit VALUES (54, 'staff:li', 'broadcast.cancel', 'BHNXTSN6KNC', 'status=cancelled hash=8be910b6074d', 1904432400000, '\x9beefdbb9ed96332092f82f2e72cf533284a3c56e6bd7ef8e1908328cc7b90b3', '');
INSERT INTO public.audit VALUES (55, 'staff:li', 'broadcast.new', 'B5Y6PR3MNT7', 'status=draft', 1904432400000, '\x35413f0cde8c63826615b323555264f1619c1f2faecf322bb07a80016bfb9aeb', '');
INSERT INTO public.audit VALUES (56, 'staff:li', 'broadcast.submit', 'B5Y6PR3MNT7', 'status=submitted hash=39af10880c92', 1904432400000, '\x07429990bfe7dd8d80f0a75d4b3830b07a1dcd177c04853a3987699415b97e7f', '');
INSERT INTO public.audit VALUES (57, 'staff:chen', 'broadcast.approve', 'B5Y6PR3MNT7', 'status=approved hash=39af10880c92', 1904432400000, '\xe2ff4bd9c6e0c22703d39f327cad1761f8517abbf447600a41a1d2bf6363bb9f', '');
INSERT INTO public.audit VALUES (58, 'staff:li', 'broadcast.schedule', 'B5Y6PR3MNT7', 'status=scheduled hash=39af10880c92', 1904432400000, '\xf8a09874773e2a71cb93bccfe1136d79b10ea5f733dae5b56b7634f8ec664e29', '');
INSERT INTO public.audit VALUES (59, 'staff:li', 'broadcast.new', 'BAZZZZ6GTS2', 'status=draft', 1904432400000, '\x430696e0777ec54b9699376bc538402ab549cb68f9dd6ae3a7da4afed2d2aa66', '');
INSERT INTO public.audit VALUES (60, 'staff:li', 'broadcast.submit', 'BAZZZZ6GTS2', 'status=submitted hash=3a775bc47156', 1904432400000, '\x1eafabbc0f095da47e9a571e42911ac50c526e07ed52f7fa84abcc8c99bab368', '');
INSERT INTO public.audit VALUES (61, 'staff:chen', 'broadcast.approve', 'BAZZZZ6GTS2', 'status=approved hash=3a775bc47156', 1904432400000, '\xe23352a6f81a7b6bcf22fd70694e02424cb2aa9b781a2d871ff2422b7613becd', '');
INSERT INTO public.audit VALUES (62, 'staff:li', 'broadcast.schedule', 'BAZZZZ6GTS2', 'status=scheduled hash=3a775bc47156', 1904432400000, '\x956ae854a9274e16d59a2c21b27ed39cc8f954f4a4e1154ad8444f35c953c0c7', '');
INSERT INTO public.audit VALUES (63, 'system:broadcast', 'broadcast.start', 'B5Y6PR3MNT7', 'status=freezing hash=39af10880c92', 1904436000000, '\xfbf6750e2b9d0533366504cc8bda91b1e3153cf0e7ff153cef200206240c74b3', '');
INSERT INTO public.audit VALUES (64, 'system:broadcast', 'broadcast.freeze', 'B5Y6PR3MNT7', 'status=sending hash=39af10880c92', 1904436000000, '\xa2bfa46023adbcfdd096d0bc78dfe34cd7e2d74373eeaf9854d123fca439cfe3', '');
INSERT INTO public.audit VALUES (65, 'system:broadcast', 'broadcast.start', 'BAZZZZ6GTS2', 'status=freezing hash=3a775bc47156', 1904436000000, '\xc87cdb5928c8578dfe52ca4ee649d29a0b7f51bca380f712d88d99ff4e4d695e', '');
INSERT INTO public.audit VALUES (66, 'system:broadcast', 'broadcast.freeze', 'BAZZZZ6GTS2', 'status=sending hash=3a775bc47156', 1904436000000, '\xe4a86c5eac9844f02bc6d0fde7abf0ca426e443a64ee0e750b570587174adc00', '');
INSERT INTO public.audit VALUES (67, 'system:broadcast', 'broadcast.finish', 'BAZZZZ6GTS2', 'status=done hash=3a775bc47156', 1904436000000, '\xf4222014ef582944cf2d9029c4cd8d939bb30119f3114d2ba44f4f8de5c1ea67', '');
INSERT INTO public.audit VALUES (68, 'staff:li', 'test.act', 'y', '', 1904436000000, '\xddcd465d2b8d4454b84af4c461d7c0a16519bd4fb1b4c64b4ffdc79d3c323246', '');
INSERT INTO public.audit VALUES (69, 'staff:boss', 'alarm.acknowledge', 'sms-codes-capped', '', 1904436000000, '\xaa8ba31506a88c5a4f3c5a37f42849030018b381055be36dbd34c3c04ced8911', '');
INSERT INTO public.audit_mark VALUES ('anchor', 0, '\x', '\xeded5850e551b6c41d234d4ba2e00b575dbee0077bd67a8fb4efbfdc23f2d464');
INSERT INTO public.audit_mark VALUES ('head', 69, '\xaa8ba31506a88c5a4f3c5a37f42849030018b381055be36dbd34c3c04ced8911', '\xdedac89dea33cb431bb127aaf9da9dd735bd63a141e2f60cee6c663edd3ab714');
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (1, 'BFW5LAQKPIA', 1, 'draft', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BFW5LAQKPIA","Version":1,"Status":"draft","Why":"","Title":"草稿","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"草稿"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":null,"Nonce":"qjYpKQ/X6t0IPItc+NIYlQ==","Size":0,"Expected":{"parts":0,"cost":0,"cost_most":0,"saved":0},"Approver":"","ApprovedAt":"0001-01-01T00:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (2, 'BWQONYHBZNX', 2, 'submitted', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BWQONYHBZNX","Version":2,"Status":"submitted","Why":"","Title":"待批","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"待批"}}],"Audience":{"list":"LUPGRADE001"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"NfKAiLiiiHhOHSJg3Vw99nFC0cEkCLUGixqIhhv8Ab8=","HashVersion":2,"Nonce":"dZciJm2wuajQQShRwuapyw==","Lists":[{"ID":"LUPGRADE001","Lines":24,"Numbers":24,"Digest":"VgA7oi91G6e+ImpLQGVEv91FitBmUGk4+wyNjeQ9Zi8="}],"Size":7,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"","ApprovedAt":"0001-01-01T00:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (3, 'BUNZBUGQWIO', 3, 'approved', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BUNZBUGQWIO","Version":3,"Status":"approved","Why":"","Title":"已批","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"已批"}}],"Audience":{"list":"LUPGRADE001"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"PoiEXhrzkVSc6UPHbSLr+98UpHLO9K/lJvyoiYl4cVk=","HashVersion":2,"Nonce":"YQLSLBMmEmQkRbJDVnBmTQ==","Lists":[{"ID":"LUPGRADE001","Lines":24,"Numbers":24,"Digest":"VgA7oi91G6e+ImpLQGVEv91FitBmUGk4+wyNjeQ9Zi8="}],"Size":7,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (4, 'BUKV5HIVEVH', 4, 'scheduled', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BUKV5HIVEVH","Version":4,"Status":"scheduled","Why":"","Title":"待发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"待发"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"+d8Fen6P8oXdkF1I8pyNO6BK6dWyQXMhn8xd2Sd3ULg=","HashVersion":2,"Nonce":"C616aavjpp2tskFvkh+Pog==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (5, 'BHNXTSN6KNC', 5, 'cancelled', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BHNXTSN6KNC","Version":5,"Status":"cancelled","Why":"不发了","Title":"撤销","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"撤销"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"i+kQtgdNAcMjZjGGPwcDeyb3tfq01DiVV4XCPW673Zs=","HashVersion":2,"Nonce":"GMykpGYWRFVA8CJcWbksFQ==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, 1904432400000, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (6, 'B5Y6PR3MNT7', 6, 'sending', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"B5Y6PR3MNT7","Version":6,"Status":"sending","Why":"","Title":"在发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"在发"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"Oa8QiAySFl/kQuzmFytBTDp+PHAjHuiC7xbmq3InCU4=","HashVersion":2,"Nonce":"ylJjffv8pcuvmY1ZOBCs+A==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"2030-05-08T02:00:00Z","FrozenAt":"2030-05-08T02:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T02:00:00Z"}', 1904436000000, '', 8, 8, 1904436000000, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (7, 'BAZZZZ6GTS2', 7, 'done', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BAZZZZ6GTS2","Version":7,"Status":"done","Why":"","Title":"已发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"已发"}}],"Audience":{"committee":"C2"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"OndbxHFWjURFslWwQxoJgcrSFHdgkF/6l7VfQrJC9aM=","HashVersion":2,"Nonce":"bg9/n2RcbSxZqGbPII2Hxw==","Size":3,"Expected":{"parts":1,"cost":90,"cost_most":90,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"2030-05-08T02:00:00Z","FrozenAt":"2030-05-08T02:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T02:00:00Z"}', 1904436000000, '', 3, 3, 1904436000000, 1904436000000, NULL);
INSERT INTO public.channel_served VALUES ('sms', 1904436000000);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (1, 6, 'sms', 2, 6, 1904436000000, NULL, 0, '', 0, 1, 0);
INSERT INTO public.claim OVERRIDING SYSTEM VALUE VALUES (2, 7, 'sms', 9, 11, 1904436000000, NULL, 0, 'biz-2', 0, 1, 0);
INSERT INTO public.committee VALUES ('C1', '一社区居委会', '东街', '某区');
INSERT INTO public.committee VALUES ('C2', '二社区居委会', '西街', '某区');
INSERT INTO public.community VALUES ('C1', '柳园');
INSERT INTO public.community VALUES ('C1', '桃园');
INSERT INTO public.consent VALUES (2, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.consent VALUES (3, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.consent VALUES (4, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.consent VALUES (5, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.consent VALUES (6, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.consent VALUES (1, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.consent VALUES (1, 'phone', 1904432400000, 'chat', 'consent');
INSERT INTO public.consent VALUES (9, 'notices', 1904428800000, 'paper', 'consent');
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (1, 6, 1, 1, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'opted_out', 0, 1904436000000, 0, 0, NULL);
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (3, 6, 3, 3, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'opted_out', 0, 1904436000000, 0, 0, NULL);
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (4, 6, 4, 4, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'opted_out', 0, 1904436000000, 0, 0, NULL);
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (7, 6, 7, 8, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'no_channel', 0, 1904436000000, 0, 0, NULL);
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (8, 6, 8, 9, 'sms', 1, 'pending', NULL, 0, 0, 0, 0, '', '', '', '', 0, 1904436000000, 0, 0, NULL);
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (10, 7, 2, 8, '', 1, 'suppressed', NULL, 0, 0, 0, 0, '', '', '', 'no_channel', 0, 1904436000000, 0, 0, NULL);
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (2, 6, 2, 2, 'sms', 1, 'accepted', 1, 1, 0, 0, 0, 'biz-1', '', '', '', 0, 1904436000000, 0, 0, '\x7e63a595acc124de');
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (5, 6, 5, 5, 'sms', 1, 'failed', 1, 1, 0, 0, 0, '', 'permanent', 'isv.MOBILE', '', 0, 1904436000000, 0, 0, '\x8bfda8ccaa0df19b');
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (6, 6, 6, 6, 'sms', 1, 'in_doubt', 1, 1, 1904436060000, 0, 0, '', '', '', '', 0, 1904436000000, 0, 0, '\x33c099d6fdf7c052');
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (11, 7, 3, 9, 'sms', 1, 'accepted', 2, 1, 0, 0, 0, '', '', '', '', 0, 1904436000000, 0, 0, '\x1950531ae315851e');
INSERT INTO public.delivery OVERRIDING SYSTEM VALUE VALUES (9, 7, 1, 6, 'sms', 1, 'delivered', 2, 1, 0, 0, 0, '', '', 'DELIVERED', '', 1, 1904436000000, 0, 0, '\x2349193006a63f34');
INSERT INTO public.goose_db_version VALUES (1, 0, true, '2026-11-29 20:50:29.547877');
INSERT INTO public.goose_db_version VALUES (2, 1, true, '2026-11-29 20:50:29.565974');
INSERT INTO public.goose_db_version VALUES (3, 2, true, '2026-11-29 20:50:29.586284');
INSERT INTO public.goose_db_version VALUES (4, 3, true, '2026-11-29 20:50:29.590132');
INSERT INTO public.goose_db_version VALUES (5, 4, true, '2026-11-29 20:50:29.613893');
INSERT INTO public.goose_db_version VALUES (6, 5, true, '2026-11-29 20:50:29.651381');
INSERT INTO public.goose_db_version VALUES (7, 6, true, '2026-11-29 20:50:29.67212');
INSERT INTO public.goose_db_version VALUES (8, 7, true, '2026-11-29 20:50:29.679627');
INSERT INTO public.goose_db_version VALUES (9, 10, true, '2026-11-29 20:50:29.75131');
INSERT INTO public.goose_db_version VALUES (10, 11, true, '2026-11-29 20:50:29.822737');
INSERT INTO public.goose_db_version VALUES (11, 12, true, '2026-11-29 20:50:29.823726');
INSERT INTO public.goose_db_version VALUES (12, 13, true, '2026-11-29 20:50:29.832185');
INSERT INTO public.goose_db_version VALUES (13, 16, true, '2026-11-29 20:50:29.832673');
INSERT INTO public.goose_db_version VALUES (14, 20, true, '2026-11-29 20:50:29.833187');
INSERT INTO public.goose_db_version VALUES (15, 21, true, '2026-11-29 20:50:29.83774');
INSERT INTO public.goose_db_version VALUES (16, 22, true, '2026-11-29 20:50:29.851432');
INSERT INTO public.goose_db_version VALUES (17, 35, true, '2026-11-29 20:50:29.858087');
INSERT INTO public.goose_db_version VALUES (18, 40, true, '2026-11-29 20:50:29.859079');
INSERT INTO public.goose_db_version VALUES (19, 50, true, '2026-11-29 20:50:29.859705');
INSERT INTO public.goose_db_version VALUES (20, 51, true, '2026-11-29 20:50:29.861531');
INSERT INTO public.goose_db_version VALUES (21, 52, true, '2026-11-29 20:50:29.863459');
INSERT INTO public.goose_db_version VALUES (22, 53, true, '2026-11-29 20:50:29.866216');
INSERT INTO public.goose_db_version VALUES (23, 70, true, '2026-11-29 20:50:29.875483');
INSERT INTO public.goose_db_version VALUES (24, 80, true, '2026-11-29 20:50:29.87729');
INSERT INTO public.goose_db_version VALUES (25, 85, true, '2026-11-29 20:50:29.877756');
INSERT INTO public.goose_db_version VALUES (26, 86, true, '2026-11-29 20:50:29.878115');
INSERT INTO public.idempotency VALUES ('\x00543f401578c153609050733e2bcd2daa2ef30f24d117baba0710c380dadb19', '\xbbebdc03125206655d73c4d0d051246f6186cef9e139ae77151a2d4ea9fb2dfa', 1904436060000, 1, '\x0100017e0a7f8bf8b50f0dd77c38e5f215e101dde246590d0d5b35f19f9392638ce830db1d6927ec84', NULL, 1904522400000, NULL);
INSERT INTO public.idempotency VALUES ('\x35d8b7351b4b41ee64fc269840cfd596e55aacc931ec0842b7e64ef772e7a497', '\xfcb473b59dbcfac1ae11a13430a398e173d9826d69f29d9297a3359ec58c718b', 1904436060000, 0, NULL, NULL, 1904522400000, 68);
INSERT INTO public.list_number VALUES ('\x0994f5d7adb7a861aa1edabc29d88e7e', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x0ae800c5c8ef89128ab9fd8f239640d0', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x1685553be0e35b86fe2c20fd16e601c9', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x360c67988321758040bdb1853e026bc1', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x446ec5a5a0426154ad31909a63374594', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x5be0120b01868e9c2bc4675f4252dfd1', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x6283bf455d44b52ac0bea70395520966', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x6a2b359eab29e5c206a6b92f698631cc', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x796bcca2913f2fa19d1c7a4f241056fd', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x852ed0fbab8ce6efaef1cfe7f6947966', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x9ae38ff10da57c169d71293155a806e5', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\x9cd5131f5fbd4ea3647681b06463bde1', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xa74b77b1d61f6e64d36b472fa90c4694', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xb4d7dcf39fc560a97698bbcedee03d78', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xb9764d675192eba45a610b72ba505108', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xbbcc99f3a9b2488b85520c85a4cc797b', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xbeca7fd8ab13d7c34c39ec04029a1b2c', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xcd38d9d8375abd2a5fbcc841f3aa647d', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xcdfc9f9d753304aeca8b58ff464ff476', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xd03af1fe3d88e01ee8a51183f0da6330', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xdcd87606c8bb343004c8a4fa5894d3fe', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xe6c66aa382baf40954e24698858af2dc', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xe93e2bf21c7b079723ce23587f32e6af', 'LUPGRADE001');
INSERT INTO public.list_number VALUES ('\xfbdcebbe9dfe8a63f918927923f3148b', 'LUPGRADE001');
INSERT INTO public.number_list VALUES ('LUPGRADE001', '名单', '', 24, 1904432400000, 'li', 24, '\x56003ba22f751ba7be226a4b406544bfdd458ad066506938fb0c8d8de43d662f');
INSERT INTO public.numbers_export VALUES ('z3pkeathez', 'C1', '打电话', 'staff:boss', 1904432400000, 'staff:wang', 1904432400000, '', NULL);
INSERT INTO public.preference VALUES (1, 'dogs', 'sms', 0, 1904432400000);
INSERT INTO public.preference VALUES (1, 'dogs', 'wechat', 1, 1904432400000);
INSERT INTO public.preference VALUES (3, '', 'sms', 0, 1904432400000);
INSERT INTO public.preference VALUES (4, '', 'sms', 0, 1904432400000);
INSERT INTO public.recipient VALUES (6, 1, 1, '\xbe2ec4e9bf0cd58f8e7a7645df32d760', 0);
INSERT INTO public.recipient VALUES (6, 2, 2, '\x860616ff54a63846458ef3edbe0893ba', 1);
INSERT INTO public.recipient VALUES (6, 3, 3, '\xf5c45c7db6c9995747ee17dca9a600f9', 0);
INSERT INTO public.recipient VALUES (6, 4, 4, '\xa3aca6ce125d942585c0e121ad42b106', 0);
INSERT INTO public.recipient VALUES (6, 5, 5, '\xb17498260fbfff6134a7b1b33f812974', 1);
INSERT INTO public.recipient VALUES (6, 6, 6, '\x0ca8de1e7395723313b71ca705476525', 1);
INSERT INTO public.recipient VALUES (6, 7, 8, '\x3faa11949f10e6cce268c92deb507979', 0);
INSERT INTO public.recipient VALUES (6, 8, 9, '\x01a22912d5dd58fa58ff99c000b1a650', 1);
INSERT INTO public.recipient VALUES (7, 1, 6, '\x0ca8de1e7395723313b71ca705476525', 1);
INSERT INTO public.recipient VALUES (7, 2, 8, '\x3faa11949f10e6cce268c92deb507979', 0);
INSERT INTO public.recipient VALUES (7, 3, 9, '\x01a22912d5dd58fa58ff99c000b1a650', 1);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (2, '\x860616ff54a63846458ef3edbe0893ba', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', '\x0100014395318aea9f6e615c7d062242aa3e94ec391682c317d99a1b2bfdd7d386e01e200735ec213f28', 'staff', NULL, NULL, 'C1', '桃园', 'staff', '["独居","高龄"]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (5, '\xb17498260fbfff6134a7b1b33f812974', '\xbbcc99f3a9b2488b85520c85a4cc797b', '\x0100019507dbca626370c8fe0551d070e2e4dfb02b31beb23254da964ca1f3be75626bb21c063764a29e', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (6, '\x0ca8de1e7395723313b71ca705476525', '\x6a2b359eab29e5c206a6b92f698631cc', '\x0100012ab4ff41298f5fe5a4e5965ae0c90090b8073b93e005bcfbac56f0443dbe2d323b8f5151561bfc', 'staff', NULL, NULL, 'C2', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (1, '\xbe2ec4e9bf0cd58f8e7a7645df32d760', '\x0ae800c5c8ef89128ab9fd8f239640d0', '\x0100012b7953f15d43372252a7bc02fd0cf8de274e770ac1ffbde45b8955cf899091a60f265a3798cd49', 'staff', '\x66e3a4d62c0f530b8ee3313c2a45d241b3c7c4e01d05507ee976ca490307a3f2', '\x0100013866eae6e899afdd7e56fc2a669ccf05a066d0b1edee159420e4253d675e86db164c8295fd0da2c20c', 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (8, '\x3faa11949f10e6cce268c92deb507979', NULL, NULL, '', '\xd29ab8696161564fa47b4393b02c410b5da617f51add270511f34695cbdc153d', '\x010001e493fa972a35e3866f132284c292a4f72b97ca40c789e52557f243f56a902080b7bf13f2fa0c0f9a6f', 'C2', '', 'chat', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (3, '\xf5c45c7db6c9995747ee17dca9a600f9', '\xb9764d675192eba45a610b72ba505108', '\x010001d8b3b349d4cb31fc9abfcbbd510706b14c08c129d08c2b2f8f0e3a86923426b5a9f201e8dd491f', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (9, '\x01a22912d5dd58fa58ff99c000b1a650', '\x9ae38ff10da57c169d71293155a806e5', '\x0100015a308b7af98d9aa2df6f1275c2c659a62f637e3842a636a89d9668e486797cd809913b17d2b04a', 'import', NULL, NULL, 'C2', '', 'import', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (4, '\xa3aca6ce125d942585c0e121ad42b106', '\xd03af1fe3d88e01ee8a51183f0da6330', '\x010001b5646f0c1041e0bf53ea4778be013df28d037ecb87bb86a8a285b7297120954a304df45ede5626', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.roster_import VALUES ('tt5yhrgygnibhjfjl7dsjvhafk', '\x0100000000000000000000000000000000000000000000000000000000000000', 1904432400000, 1, NULL, 1, 0, 0, 0, 0);
INSERT INTO public.seal_key VALUES (0, '\xb19334c16f498c769bf97a6a78d040099919d0b0d060cb8c8ed0ff153467b3780e469f7057109d190a2e9d9cc7991608be61a1620d5d4c28b0d70363', 1795985429880, 1795985429880, 0);
INSERT INTO public.seal_key VALUES (1, '\x04c7c4814fa828ccf5ef92df3d0cfa8677210c83a771caf23ed14224148713dbcb5dfd7f8fd57381795ea2f7d20bdfe34d430ef2a9bbaa456f745759', 1795985429880, 1795985429880, 0);
INSERT INTO public.series VALUES ('SHRGLETPZDE', 2, '{"v":1,"ID":"SHRGLETPZDE","Version":2,"Cron":"0 9 * * 1","Until":"2030-06-08T01:00:00Z","Expire":0,"Proposal":{"title":"每周提醒","topic":"dogs","cites":[{"notice":"N1","passage":1}],"messages":[{"channel":"sms","template":"text","data":{"what":"每周提醒"}}],"audience":{"area":"某区"},"window":{"From":0,"To":0},"send_at":"0001-01-01T00:00:00Z","expire_at":"0001-01-01T00:00:00Z","fallback":{},"emergency":false,"committee":""},"Author":"li","Editors":["li"],"Hash":"yUn2tqnGm6NUkj81393qDvtv7q3wBJaWR7r7OTgrkbY=","HashVersion":2,"Nonce":"+IuNcJF9fZzUYV3okzYeZA==","AnyFew":true,"Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Next":"2030-05-13T01:00:00Z","Stopped":false,"Why":"","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}');
INSERT INTO public.sms_inbound OVERRIDING SYSTEM VALUE VALUES (2, '\x828511bbf9f36202e2b0b62da3311916e534aebb9b5269afa79c5d0ee19a9cdf', 'reply', '', '\xd03af1fe3d88e01ee8a51183f0da6330', '\x0100010874cb0574f4634f4c22f816b481bedb32be82688ae2915143452aa33be6947c5c1242bd47d211cc8a760f64cf17e959f2ffc42d1453dff8024e437b4648bdba2221fadd8ce88a814ef8277eeba8f9eb757116e8af74defcab7c318c28e56b5910792a4c6517877df0c3c99f98892a165e9929e7c71d8ac3c844c1e14142aa55c8a2d433f1a5fb538ce2c889a605e9f5d7759cb4d2d6005c1100', 1904432400000, 1904432460000, 1, 1904432400000);
INSERT INTO public.sms_inbound OVERRIDING SYSTEM VALUE VALUES (1, '\xc7461be73dc5fcb7d6bbb2032db9102fce90e96ef1f4c6262045c61712e4d3fb', 'receipt', 'call-of-t1', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', '\x01000143810c3832e64250c7ce62dc18a1384be57a7a8037829b36a2e94476a1bea58e7a4d3f3db375898be85adccff2448f47d6c71d9fe3c4c007da9bdc6f51543d342f81c1288d973b9a8aa23ef65a4ed3a75ec7ad27d1d8ab7b8fd9b3c82278d85b1c0d7ebe1d2590ef89e9baf6b4ebee8971fd59a1250b7f2e85661cb75e98ac9f62bd26594300ac97225f154d8f1abb8565ae702e5e10c6361e8d2a6198a1d406c66eb29c6c3b32c37ccd7da6dd64968f70d402c304ebc574da3d4aed28e9a21a5448292530cec0863eceabfd6830cd6940bcc5e60f4373dca71af8eb95d1d3bb54519728b7e1bc9126', 1904432400000, 1904432460000, 1, 1904432400000);
INSERT INTO public.sms_inbound OVERRIDING SYSTEM VALUE VALUES (3, '\x3b5c90ef6bb7e6c3c02fa6b90e149111cd837a8fc94b8f0868c7f32de9e02a77', 'reply', '', '\xbbcc99f3a9b2488b85520c85a4cc797b', '\x010001399a5ade0984516f5676855cf1f987f8055197b71cf12d0837526757192fc944e0024294180af7555034e4227872074510ac2ba4706c4aab33891b946bd0979fb4c60738e28cc18a27dfe4d67a11c2963accc2cd9b2e8d7c5ce9f62de698296e3be439ace99e17df9393cee0d0c4898716ed8afede9d96dd4b0449f2ce2bb749b78e7cb815ee5effadced7e16a6e7dd3548c01a5a56b6ff6ab3962d4f3b2be', 1904432400000, 1904432400000, 0, NULL);
INSERT INTO public.sms_stop OVERRIDING SYSTEM VALUE VALUES (1, '\xb9764d675192eba45a610b72ba505108', '\x0100018b38925af0ce5ae2512c1365eaadabb85526ed736056e48200f0c8aab740d22683bd02088ca6c1', 'chat', 1904432400000, 1, NULL);
INSERT INTO public.sms_stop OVERRIDING SYSTEM VALUE VALUES (2, '\xd03af1fe3d88e01ee8a51183f0da6330', '\x010001b31c9ccab2e8c08992c5824fc83309fb58051a443b3e0eba0fa1f161f39497f482297b6f4112d1', 'k1', 1904432400000, 1, NULL);
INSERT INTO public.staff VALUES ('boss', '管理员甲', 'admin', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO public.staff VALUES ('li', '作者', 'author', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO public.staff VALUES ('chen', '审批人', 'approver', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO public.staff VALUES ('gone', '已离职', 'auditor', '', 1904432400000, 1904432400000, NULL, NULL, '');
INSERT INTO public.staff VALUES ('wang', '管理员乙', 'admin', '', 1904432400000, NULL, '\x010001edba591f970a28e8212de2e2f5246be423a339aef9707158f99e61baec046aae3973eee6ddb40a4024b76412', '\x225a85568e3040cf038ece4d5030a385bab5941304a2301e244321fbd55e836e', 'local:root');
INSERT INTO public.staff_invitation VALUES ('qbjbdqplib', 'boss', 'local:root', 1904432400000, 'local:root', 1904432400000, 1, NULL, '', NULL, NULL, 1904518800000, '\xb742484b8158739c9bf4125a509557cef412415b6fb5d23156e5761b3df406ee');
INSERT INTO public.staff_key VALUES ('p5q26zxubl', 'li', '\x9ad4fd0c7b53edc59be4fdcc321c8b4fb62b7fef7b8447dcf37aaed2c4fb2b8d', 1904432400000, NULL, NULL, 1912208400000, 1);
INSERT INTO public.staff_key VALUES ('4oojjmhy5z', 'gone', '\x', 1904432400000, 1904432400000, NULL, 1912208400000, 1);
INSERT INTO public.stop_undo VALUES ('ioe5i5bb2w', 'k1', 1904428800000, 1904432400000, '密钥泄露', 'staff:boss', 1904432400000, '', NULL, 0);
INSERT INTO public.subscription VALUES (1, 'template-1', 1904432400000);
INSERT INTO public.suppression VALUES ('\xb9764d675192eba45a610b72ba505108', 'stopped', 1904432400000);
INSERT INTO public.suppression VALUES ('\x4d46656cc3f8c980551a6fe57a323046', 'erased', 1904432400000);
INSERT INTO public.suppression VALUES ('\xd03af1fe3d88e01ee8a51183f0da6330', 'stopped', 1904432400000);
INSERT INTO public.tally VALUES (6, '', 'suppressed', 0, 4);
INSERT INTO public.tally VALUES (6, 'sms', 'pending', 0, 4);
INSERT INTO public.tally VALUES (7, '', 'suppressed', 5, 1);
INSERT INTO public.tally VALUES (7, 'sms', 'pending', 5, 2);
INSERT INTO public.tally VALUES (6, 'sms', 'pending', 3, -3);
INSERT INTO public.tally VALUES (6, 'sms', 'sending', 3, 3);
INSERT INTO public.tally VALUES (6, 'sms', 'accepted', 1, 1);
INSERT INTO public.tally VALUES (6, 'sms', 'failed', 1, 1);
INSERT INTO public.tally VALUES (6, 'sms', 'in_doubt', 1, 1);
INSERT INTO public.tally VALUES (6, 'sms', 'sending', 1, -3);
INSERT INTO public.tally VALUES (7, 'sms', 'pending', 11, -2);
INSERT INTO public.tally VALUES (7, 'sms', 'sending', 11, 2);
INSERT INTO public.tally VALUES (7, 'sms', 'accepted', 4, 2);
INSERT INTO public.tally VALUES (7, 'sms', 'sending', 4, -2);
INSERT INTO public.tally VALUES (7, 'sms', 'accepted', 12, -1);
INSERT INTO public.tally VALUES (7, 'sms', 'delivered', 12, 1);
INSERT INTO public.test_send OVERRIDING SYSTEM VALUE VALUES (1, 'li', 'li', 1904436000000);
INSERT INTO public.text OVERRIDING SYSTEM VALUE VALUES (2, 't2', '\x860616ff54a63846458ef3edbe0893ba', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', 'code', 'SMS_2', 'accepted', 'call-of-t2', '', 0, 1904432400000, NULL, 1904432400000);
INSERT INTO public.text OVERRIDING SYSTEM VALUE VALUES (1, 't1', '\x860616ff54a63846458ef3edbe0893ba', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', 'code', 'SMS_2', 'delivered', 'call-of-t1', 'DELIVERED', 1, 1904432400000, NULL, 1904432400000);
INSERT INTO public.ticket VALUES ('20300508-0001', '20300508-0001', 'suggestion', 'answered', 'lamps', '\xf887ead93cec0724328bba432ff499234b85e8b470892c8966f1b381bda37f94', '\x010001327fb5e7e6d74e37790b133d1250e9310a11f81c3f3cf478e3a1a968e556bd3a9a77c850dca450695c', '\x01000108bed00c7cfefa571af46b8286d21d856438c08a967510371960029d12cd5b26c9bab4bc86f9a9a9', '\x010001606ac535962539522680f5a7011449af2c6138f99db8a65632dd4625af31416a4600', '市民中心', '\x0100011239f1b88e23844bd8035d9cec92fe5205da3174c6255a9145e3e52a3cf0ac3ebf1756a011', 1904432460000, 1905091199000, 1904432460000, NULL, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0002', '20300508-0002', 'suggestion', 'answered', 'lamps', '\x4afdec87e46e52c1c92b05946aa2ad46a1ced3d5b2d6224a3a6cf6b270084f80', '\x01000146bb94bc1fa32b46dcff5c4615c084e92af72e66ba0b10ab1d600a49ae9926cb5a46d162221a279d58', '\x010001c05a5372ceb5baade78f17e92ed1cbee8c2fe89023ff523bf794cc9a7accc41fd1f597d32a2c3b22', '\x0100017ee5d94e405cbba67ca84655ba30aa6ed119ff5816e205828801443dae09405fcc47', '市民中心', '\x010001ca43875d74647ccd189e63a2373457674f8915157bd58284d94be40f13795403d6552519a5', 1904432520000, 1905091199000, 1904432520000, NULL, 1904432520000, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0003', '20300508-0003', 'handoff', 'closed', 'lamps', '\xf887ead93cec0724328bba432ff499234b85e8b470892c8966f1b381bda37f94', '\x0100014d34dfd7be9faf8f535969d177eae60b50cba2d71cacfa6d426193b4c7d6f9ad2dbb66468f21e21edc', '\x010001ca2c67b551f21ba221eb77bfe5c9c0e189603fab296641a8bd1e423a128cbf2411403e6473', '\x010001e04c0ba4b74724b8cdee9ce9b1ffb38f0c187a094efd96a84120c99b578e694e1ca8', '市民中心', NULL, 1904432580000, 1905091199000, NULL, 1904432580000, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0004', '20300508-0004', 'question', 'open', 'lamps', '\xf887ead93cec0724328bba432ff499234b85e8b470892c8966f1b381bda37f94', '\x010001c487fafea02d6a23b6f65801ef15e9ae1af4a6d5213f52eee39c62943ac89968e3565e2583a2f5b318', '\x010001b23f04ee6c5fc54cc0a07605e84e8f73b7c1d20a5d7e3f1b5d11404078ebdad9f9567916af61b115d2d323eb91c5', '\x010001e7f81d961ef25515472b0bc89c4d1e5ab98300f12b6ca79bc3b1a34672a5920b95e1', '', NULL, 1904432640000, 1905091199000, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0005', '20300508-0005', 'reply', 'open', '', NULL, NULL, '\x0100013b1498a1181435851184853f6e9d057b2cc44d5cc9dc27ca0096b23f364178f35616', '\x010001ed7d559ad78246509eddc119bdff3cc7168ca08f5c91b9e026c164c8', '', NULL, 1904432640000, 1905091199000, NULL, NULL, NULL, NULL, 0, 0, '\xbeca7fd8ab13d7c34c39ec04029a1b2c', '\x010001f551bb1372ea67005b7046d51e02027b495642f1bb2603bf3ae894bceb08454d873721077f46c6', 1);
INSERT INTO public.ticket_day VALUES ('20300508', 5);
INSERT INTO public.ticket_message VALUES ('\x523ef4ad9989e31e63c2a5b52ce2091ce3443a4a90a811a263478e92005607d4', '20300508-0001', 1904432460000);
INSERT INTO public.ticket_message VALUES ('\x5e61856da5d547fa97f975a412b31bf61fbcc7377637b1b5339d8c99d0640a86', '20300508-0002', 1904432520000);
INSERT INTO public.ticket_message VALUES ('\x5d3deb2594ae7d666b0487ef0898ae20c9c50fb139f988dd24bc76893a593fbc', '20300508-0002', 1904432520000);
INSERT INTO public.ticket_message VALUES ('\x614a57f887e7b636b8cc20af21d144add96152dab103f27b306c806102dd80db', '20300508-0003', 1904432580000);
INSERT INTO public.ticket_message VALUES ('\xe4c4fe2b7659665bfbdac3d2962d359e017da7a4db0e0e54f4e1e482569df431', '20300508-0004', 1904432640000);
INSERT INTO public.ticket_message VALUES ('\x69249d842a0ae1393da7f489c8e40ddd4072e56b77016f7dd283eeb904e04d56', '20300508-0005', 1904432640000);
INSERT INTO public.ticket_proposal VALUES ('20300508-0004', 'm2przlrslh', '\x01000111880a6412b18cb1e3a4543a62bf3d819e0a864d3a6bbc7f3cbac92afc3a5b9ac8b8d59822', '市民中心', 'staff:wang', 1904432640000);
INSERT INTO public.write_probe VALUES (1, 0);
SELECT pg_catalog.setval('public.broadcast_num_seq', 7, true);
SELECT pg_catalog.setval('public.claim_id_seq', 2, true);
SELECT pg_catalog.setval('public.delivery_id_seq', 11, true);
SELECT pg_catalog.setval('public.goose_db_version_id_seq', 26, true);
SELECT pg_catalog.setval('public.resident_id_seq', 9, true);
SELECT pg_catalog.setval('public.sms_inbound_id_seq', 3, true);
SELECT pg_catalog.setval('public.sms_stop_id_seq', 2, true);
SELECT pg_catalog.setval('public.test_send_id_seq', 1, true);
SELECT pg_catalog.setval('public.text_id_seq', 2, true);
ALTER TABLE ONLY public.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (kind);
ALTER TABLE ONLY public.audit_mark
    ADD CONSTRAINT audit_mark_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.broadcast
    ADD CONSTRAINT broadcast_id_key UNIQUE (id);
ALTER TABLE ONLY public.broadcast
    ADD CONSTRAINT broadcast_pkey PRIMARY KEY (num);
ALTER TABLE ONLY public.broadcast
    ADD CONSTRAINT broadcast_series_due_at_key UNIQUE (series, due_at);
ALTER TABLE ONLY public.channel_served
    ADD CONSTRAINT channel_served_pkey PRIMARY KEY (channel);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.committee
    ADD CONSTRAINT committee_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.community
    ADD CONSTRAINT community_pkey PRIMARY KEY (committee, name);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (resident, what);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.early_event
    ADD CONSTRAINT early_event_pkey PRIMARY KEY (delivery, handle);
ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.list_number
    ADD CONSTRAINT list_number_pkey PRIMARY KEY (phone_find, list);
ALTER TABLE ONLY public.number_list
    ADD CONSTRAINT number_list_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.numbers_export
    ADD CONSTRAINT numbers_export_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT preference_pkey PRIMARY KEY (resident, topic, channel);
ALTER TABLE ONLY public.recipient
    ADD CONSTRAINT recipient_pkey PRIMARY KEY (broadcast, n);
ALTER TABLE ONLY public.resident
    ADD CONSTRAINT resident_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.resident
    ADD CONSTRAINT resident_subject_key UNIQUE (subject);
ALTER TABLE ONLY public.roster_import
    ADD CONSTRAINT roster_import_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.roster_import
    ADD CONSTRAINT roster_import_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.seal_key
    ADD CONSTRAINT seal_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sealing
    ADD CONSTRAINT sealing_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sms_inbound
    ADD CONSTRAINT sms_inbound_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.sms_inbound
    ADD CONSTRAINT sms_inbound_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sms_stop
    ADD CONSTRAINT sms_stop_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.staff_invitation
    ADD CONSTRAINT staff_invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.staff_key
    ADD CONSTRAINT staff_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stop_undo
    ADD CONSTRAINT stop_undo_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (resident, template);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT suppression_pkey PRIMARY KEY (phone_find);
ALTER TABLE ONLY public.tally
    ADD CONSTRAINT tally_pkey PRIMARY KEY (broadcast, channel, state, part);
ALTER TABLE ONLY public.test_send
    ADD CONSTRAINT test_send_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.text
    ADD CONSTRAINT text_out_id_key UNIQUE (out_id);
ALTER TABLE ONLY public.text
    ADD CONSTRAINT text_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ticket_day
    ADD CONSTRAINT ticket_day_pkey PRIMARY KEY (day);
ALTER TABLE ONLY public.ticket_message
    ADD CONSTRAINT ticket_message_pkey PRIMARY KEY (message);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.ticket_proposal
    ADD CONSTRAINT ticket_proposal_pkey PRIMARY KEY (grp);
ALTER TABLE ONLY public.write_probe
    ADD CONSTRAINT write_probe_pkey PRIMARY KEY (id);
CREATE INDEX audit_action ON public.audit USING btree (action, seq);
CREATE INDEX audit_actor ON public.audit USING btree (actor, seq);
CREATE INDEX audit_subject ON public.audit USING btree (subject, seq) WHERE (subject <> ''::text);
CREATE INDEX broadcast_ended ON public.broadcast USING btree (ended_at) WHERE (forgotten_at IS NULL);
CREATE INDEX broadcast_status ON public.broadcast USING btree (status, num);
CREATE INDEX claim_handle ON public.claim USING btree (handle) WHERE (handle <> ''::text);
CREATE INDEX claim_lease ON public.claim USING btree (leased_until) WHERE (leased_until IS NOT NULL);
CREATE INDEX claim_lost ON public.claim USING btree (at) WHERE (lost = 1);
CREATE INDEX claim_open ON public.claim USING btree (at) WHERE (open = 1);
CREATE INDEX claim_waiting ON public.claim USING btree (at) WHERE (waiting = 1);
CREATE INDEX delivery_doubt ON public.delivery USING btree (channel, due_at) WHERE (state = 'in_doubt'::text);
CREATE INDEX delivery_handle ON public.delivery USING btree (handle) WHERE (handle <> ''::text);
CREATE INDEX delivery_list ON public.delivery USING btree (broadcast, id);
CREATE INDEX delivery_odd ON public.delivery USING btree (broadcast, state, id) WHERE ((state = 'undelivered'::text) OR (state = 'failed'::text) OR (state = 'in_doubt'::text) OR (state = 'unknown'::text) OR (state = 'suppressed'::text));
CREATE UNIQUE INDEX delivery_once ON public.delivery USING btree (broadcast, recipient, round, channel);
CREATE INDEX delivery_pending ON public.delivery USING btree (broadcast, channel, id, due_at) WHERE (state = 'pending'::text);
CREATE INDEX delivery_planned ON public.delivery USING btree (broadcast, id) WHERE (state = 'planned'::text);
CREATE UNIQUE INDEX delivery_wechat ON public.delivery USING btree (resident) WHERE ((channel <> 'sms'::text) AND (state = 'sending'::text));
CREATE INDEX delivery_wechat_doubt ON public.delivery USING btree (resident) WHERE ((channel <> 'sms'::text) AND (state = 'in_doubt'::text));
CREATE UNIQUE INDEX goose_db_version_once ON public.goose_db_version USING btree (version_id);
CREATE INDEX idempotency_expires ON public.idempotency USING btree (expires_at);
CREATE INDEX idempotency_resident ON public.idempotency USING btree (resident);
CREATE INDEX list_number_list ON public.list_number USING btree (list);
CREATE UNIQUE INDEX recipient_resident ON public.recipient USING btree (resident, broadcast);
CREATE INDEX resident_committee ON public.resident USING btree (committee, id) WHERE (committee IS NOT NULL);
CREATE UNIQUE INDEX resident_openid ON public.resident USING btree (openid_find) WHERE (openid_find IS NOT NULL);
CREATE UNIQUE INDEX resident_phone ON public.resident USING btree (phone_find) WHERE (phone_find IS NOT NULL);
CREATE INDEX sms_inbound_due ON public.sms_inbound USING btree (due_at) WHERE (handled_at IS NULL);
CREATE INDEX sms_inbound_handle ON public.sms_inbound USING btree (handle) WHERE ((handled_at IS NULL) AND (handle <> ''::text));
CREATE INDEX sms_inbound_phone ON public.sms_inbound USING btree (phone_find) WHERE (phone_find IS NOT NULL);
CREATE INDEX sms_inbound_received ON public.sms_inbound USING btree (kind, received_at);
CREATE INDEX sms_stop_at ON public.sms_stop USING btree (at);
CREATE INDEX sms_stop_phone ON public.sms_stop USING btree (phone_find, at);
CREATE INDEX staff_invitation_issued ON public.staff_invitation USING btree (issued_at);
CREATE INDEX staff_invitation_person ON public.staff_invitation USING btree (person);
CREATE INDEX staff_key_person ON public.staff_key USING btree (person);
CREATE UNIQUE INDEX staff_phone ON public.staff USING btree (phone_find) WHERE (phone_find IS NOT NULL);
CREATE INDEX test_send_at ON public.test_send USING btree (at);
CREATE INDEX text_handle ON public.text USING btree (handle) WHERE (handle <> ''::text);
CREATE INDEX text_number ON public.text USING btree (created_at) WHERE (phone_find IS NOT NULL);
CREATE INDEX text_open ON public.text USING btree (state, created_at) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text, 'accepted'::text, 'in_doubt'::text]));
CREATE INDEX text_phone ON public.text USING btree (phone_find, created_at) WHERE (phone_find IS NOT NULL);
CREATE INDEX text_subject ON public.text USING btree (subject, created_at) WHERE (subject IS NOT NULL);
CREATE INDEX ticket_asker ON public.ticket USING btree (asker, filed_at) WHERE (asker IS NOT NULL);
CREATE INDEX ticket_grp ON public.ticket USING btree (grp);
CREATE INDEX ticket_message_at ON public.ticket_message USING btree (at);
CREATE INDEX ticket_message_number ON public.ticket_message USING btree (number);
CREATE INDEX ticket_phone ON public.ticket USING btree (phone_find, filed_at) WHERE (phone_find IS NOT NULL);
CREATE INDEX ticket_status ON public.ticket USING btree (status, filed_at);
CREATE INDEX ticket_untold ON public.ticket USING btree (answered_at) WHERE ((status = 'answered'::text) AND (told_at IS NULL) AND (asker IS NOT NULL));
CREATE TRIGGER resident_number AFTER UPDATE OF phone_find ON public.resident FOR EACH ROW WHEN (((old.phone_find <> new.phone_find) OR (new.phone_find IS NULL))) EXECUTE FUNCTION public.forget_number();
CREATE TRIGGER resident_openid AFTER UPDATE OF openid_find ON public.resident FOR EACH ROW WHEN (((old.openid_find <> new.openid_find) OR (new.openid_find IS NULL))) EXECUTE FUNCTION public.forget_openid();
CREATE TRIGGER resident_removed AFTER DELETE ON public.resident FOR EACH ROW WHEN ((old.phone_find IS NOT NULL)) EXECUTE FUNCTION public.forget_number();
CREATE TRIGGER suppression_added AFTER INSERT OR UPDATE ON public.suppression FOR EACH ROW WHEN ((new.reason = 'erased'::text)) EXECUTE FUNCTION public.forget_erased();
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_broadcast_fkey FOREIGN KEY (broadcast) REFERENCES public.broadcast(num);
ALTER TABLE ONLY public.community
    ADD CONSTRAINT community_committee_fkey FOREIGN KEY (committee) REFERENCES public.committee(code) ON DELETE CASCADE;
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_resident_fkey FOREIGN KEY (resident) REFERENCES public.resident(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_resident_fkey FOREIGN KEY (resident) REFERENCES public.resident(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.list_number
    ADD CONSTRAINT list_number_list_fkey FOREIGN KEY (list) REFERENCES public.number_list(id);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT preference_resident_fkey FOREIGN KEY (resident) REFERENCES public.resident(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recipient
    ADD CONSTRAINT recipient_broadcast_fkey FOREIGN KEY (broadcast) REFERENCES public.broadcast(num);
ALTER TABLE ONLY public.resident
    ADD CONSTRAINT resident_committee_fkey FOREIGN KEY (committee) REFERENCES public.committee(code);
ALTER TABLE ONLY public.staff_invitation
    ADD CONSTRAINT staff_invitation_person_fkey FOREIGN KEY (person) REFERENCES public.staff(id);
ALTER TABLE ONLY public.staff_key
    ADD CONSTRAINT staff_key_person_fkey FOREIGN KEY (person) REFERENCES public.staff(id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_resident_fkey FOREIGN KEY (resident) REFERENCES public.resident(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_grp_fkey FOREIGN KEY (grp) REFERENCES public.ticket(number);
ALTER TABLE ONLY public.ticket_message
    ADD CONSTRAINT ticket_message_number_fkey FOREIGN KEY (number) REFERENCES public.ticket(number) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_proposal
    ADD CONSTRAINT ticket_proposal_grp_fkey FOREIGN KEY (grp) REFERENCES public.ticket(number) ON DELETE CASCADE;
