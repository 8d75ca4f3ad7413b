-- note activation tca_rd467phdrt_tyrkzsibkm36hx42f33gg3is5s
-- note audit 69:ce9f7c5ea9a65016bd003bb81f512a071da090ff8562992a4a40dec20bba542f
-- note bearer tck_brztucr75g_zdoo6mh7xdnj4tdvwnbrnfkzom
-- note ended tck_cildxycht2_z6md7mfwp3tpmw634i2q7wwrtb
-- note export dzj4d6vv2s
-- note undo nybviwtruz
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
INSERT INTO public.audit VALUES (6, 'local:root', 'staff.key', 'li', 'key=brztucr75g', 1904432400000, '\xeed85fbc13790be94e09f9cb9855cce12af120026561959f5474388e482b1a7a', '');
INSERT INTO public.audit VALUES (7, 'local:root', 'staff.key', 'gone', 'key=cildxycht2', 1904432400000, '\x3048ad66850150168cbc2f2284fe917e86b0658b9a75a847518059f1f47f65fb', '');
INSERT INTO public.audit VALUES (8, 'local:root', 'staff.disable', 'gone', '', 1904432400000, '\x145e05ee7db3a815c548ca2258b6668ebef593235a02c7847eac2168476649cb', '');
INSERT INTO public.audit VALUES (9, 'local:root', 'staff.phone', 'wang', '', 1904432400000, '\xed2408083492dc9b3d61a8028835aa648a8f65d2aedf134aacb7ce5df0c79f20', '');
INSERT INTO public.audit VALUES (10, 'local:root', 'staff.invite', 'boss', 'invitation=rd467phdrt proof=in-person', 1904432400000, '\x218acc40b0ee34bb98c3241620f733357f19ba85da59f6f6c616d651ee17c915', '');
INSERT INTO public.audit VALUES (11, 'staff:boss', 'committee.put', 'C1', 'communities=2 new=yes', 1904432400000, '\x7d32b3df32185649f4f14f7e7c3fc3897e7b7c566ea24b304465f9b4fbb62649', '');
INSERT INTO public.audit VALUES (12, 'staff:boss', 'committee.put', 'C2', 'communities=0 new=yes', 1904432400000, '\x3879ecf8296d61ae99ae9fb9a60c947d80485d76e077c7c45ee34b6c2a06f523', '');
INSERT INTO public.audit VALUES (13, 'staff:boss', 'resident.add', 'bf73e3281a43a6657a07f41535f987d7', '', 1904432400000, '\xe477ff5d82904e4d5a60c88aed2944eb058151d01eda85c1bcd245a26a9b6b60', '');
INSERT INTO public.audit VALUES (14, 'staff:boss', 'resident.add', '4f995afe040dfd919478d28a92468a26', '', 1904432400000, '\xe708fce2940e34005352890f0632fd99eca412eeaba1c0c7bbf71b87050bb450', '');
INSERT INTO public.audit VALUES (15, 'staff:boss', 'resident.add', 'ad4f8782930c57c0716dd9f8cd90ff1b', '', 1904432400000, '\xf69aa9ad35e7ca7853bed51b79e6c2c2b56b1c8f6a7e4f0c895251bbfa9e85ed', '');
INSERT INTO public.audit VALUES (16, 'staff:boss', 'resident.add', '3ad4f5194667f60860979310f2b76c00', '', 1904432400000, '\x33c37e943ae38d53cdab4372426bb403e0022f152039b3e27c29d3efdc825003', '');
INSERT INTO public.audit VALUES (17, 'staff:boss', 'resident.add', 'ebc352750ce9a4fd3f04b7e6dd9e53db', '', 1904432400000, '\x0a2c7d969e9931374ae75663fd70e5229bfedf4b515fff5c8c39d3df606adc3d', '');
INSERT INTO public.audit VALUES (18, 'staff:boss', 'resident.add', '08adef3f9adf8ec425680bd6cb4d5d58', '', 1904432400000, '\x7a0608969c61a1021d231832127cad764cf7a7e5b0b8cc1ef80b40f0ae585537', '');
INSERT INTO public.audit VALUES (19, 'staff:boss', 'resident.add', 'c63d472f7a883c60c0ab7aea24478559', '', 1904432400000, '\x11153f76472002369dbc19e1c6e4935978e60d0a29a6af2448fca31c9b32194a', '');
INSERT INTO public.audit VALUES (20, 'resident', 'resident.bind', 'bf73e3281a43a6657a07f41535f987d7', '', 1904432400000, '\xf46128876c87df585c04bd8160863ebb4ebdfd3b311009fb9d947dff71fdccd9', '');
INSERT INTO public.audit VALUES (21, 'resident', 'resident.prefer', 'bf73e3281a43a6657a07f41535f987d7', 'topic=dogs channel=wechat wants=true', 1904432400000, '\x6ce0660279267803fd2fe138f896969f43a55bcd441a246965c31f3e67357f8c', '');
INSERT INTO public.audit VALUES (22, 'resident', 'resident.prefer', 'bf73e3281a43a6657a07f41535f987d7', 'topic=dogs channel=sms wants=false', 1904432400000, '\x92df4201c05b874cede0b67a75c147c17f9c6a83234183d3695322dfb9ea8e7e', '');
INSERT INTO public.audit VALUES (23, 'resident', 'resident.meet', '6ec09db57e3a63674337368405c43ab8', '', 1904432400000, '\xd5a30a7a833c41793e44f51fe2f048552bdb0806bdc71eb62fc948b8ec121c2d', '');
INSERT INTO public.audit VALUES (24, 'resident', 'resident.settle', '6ec09db57e3a63674337368405c43ab8', 'committee=C2', 1904432400000, '\xae1449ba9d7ca8dd99fe443170f70cc0232acf7177023a859dac9781a639630c', '');
INSERT INTO public.audit VALUES (25, 'resident', 'resident.stop', 'ad4f8782930c57c0716dd9f8cd90ff1b', 'topic=* channel=sms wants=false', 1904432400000, '\xce73e24c6a9da3b5ec8f836b607e7d6fe811fc4392a46d19a35d530828dc7649', '');
INSERT INTO public.audit VALUES (26, 'staff:boss', 'resident.erase', 'c63d472f7a883c60c0ab7aea24478559', '', 1904432400000, '\xc08b8680f85cc32786d062200f5c50abf8d0a48e898d24a7238f9a759d303b92', '');
INSERT INTO public.audit VALUES (27, 'staff:boss', 'roster.import', '', '', 1904432400000, '\xc6d913a3bc883a645b925125541211b3055ed7a527ededd9ab9d6eee148b306d', '');
INSERT INTO public.audit VALUES (28, 'staff:boss', 'export.ask', 'dzj4d6vv2s', 'committee=C1', 1904432400000, '\x6626cdf7268191e348f6e8202ee066eee0df7be687e13102c95d09fce981c8b6', '');
INSERT INTO public.audit VALUES (29, 'staff:wang', 'export.confirm', 'dzj4d6vv2s', 'committee=C1', 1904432400000, '\xe7d04df6e0456e74ad89b70b12799637a6cf2e04db40010c9c50a4ea96793d0f', '');
INSERT INTO public.audit VALUES (30, 'resident', 'resident.stop', '3ad4f5194667f60860979310f2b76c00', 'topic=* channel=sms wants=false', 1904432400000, '\xd4e2442bef7df9648713dc5577dda21e572481f33db6f88fa73128259c973e45', '');
INSERT INTO public.audit VALUES (31, 'staff:boss', 'stops.ask', 'k1', 'undo=nybviwtruz since=2030-05-08T00:00:00Z until=2030-05-08T01:00:00Z', 1904432400000, '\xc48ef44ab84386510d76f42a9caea6679ec17e7dea4d7d93b58652e2e625de3a', '');
INSERT INTO public.audit VALUES (32, 'staff:wang', 'ticket.answer', '20300508-0001', 'tickets=1', 1904432460000, '\x5b29fb3701ae0b32ff4c62cdd26471ed98d85e289555d6ae31e3c273f142965e', '');
INSERT INTO public.audit VALUES (33, 'staff:wang', 'ticket.answer', '20300508-0002', 'tickets=1', 1904432520000, '\x0fde446a6274c272494f118cafd4ef0fafe07110a3d39e272ef9bc7b672f184e', '');
INSERT INTO public.audit VALUES (34, 'staff:wang', 'ticket.close', '20300508-0003', 'tickets=1', 1904432580000, '\xe6729f28900e85fa872ca3951617d8902db74da7f86a54703ed4a3186d7166c2', '');
INSERT INTO public.audit VALUES (35, 'staff:wang', 'ticket.propose', '20300508-0004', 'proposal=2mu5744ssw', 1904432640000, '\xf2b5f19a3bcb72e0ea763eee7bc7c19e191a4c347f126778694f8b13d8a28918', '');
INSERT INTO public.audit VALUES (36, 'staff:li', 'list.add', 'LUPGRADE001', '', 1904432400000, '\xec942d5592a16b3c5bf2a695836e4a6f5320b13902a21e1c67223d8062129796', '');
INSERT INTO public.audit VALUES (37, 'staff:li', 'list.numbers', 'LUPGRADE001', '', 1904432400000, '\xb0ec5420143565045f3df268692b1269a585ecb83e2249a8778f27db5245beb1', '');
INSERT INTO public.audit VALUES (38, 'staff:li', 'series.new', 'SBGOZ7BEP3H', 'cron=0_9_*_*_1 hash=cba6c735b1a8', 1904432400000, '\x2400f5e10fff282fe8325dd52595fcc5d1a85f8c985e8d70de0f69451758491c', '');
INSERT INTO public.audit VALUES (39, 'staff:chen', 'series.approve', 'SBGOZ7BEP3H', 'cron=0_9_*_*_1 hash=cba6c735b1a8', 1904432400000, '\xe865af5200d32f725a6b261acb986d375d8289e0f1defae8f011f6e08bdf4ad0', '');
INSERT INTO public.audit VALUES (40, 'staff:li', 'broadcast.new', 'BLYSKZ7B276', 'status=draft', 1904432400000, '\x999ae5ba949c05dfa87f1ffb04fa62b36a02616635495cb2159665b127b47fe1', '');
INSERT INTO public.audit VALUES (41, 'staff:li', 'broadcast.new', 'BKNWVY6T2ZE', 'status=draft', 1904432400000, '\x5a723e171691309ca7a48d8e4b9183fcce7eb0aa23d74dd80db1c2356578165b', '');
INSERT INTO public.audit VALUES (42, 'staff:li', 'broadcast.submit', 'BKNWVY6T2ZE', 'status=submitted hash=ecd695985680', 1904432400000, '\xe97273edc7e369226ac238f3167fb65e3697cc51933720bfab1b071cdb9c4be2', '');
INSERT INTO public.audit VALUES (43, 'staff:li', 'broadcast.new', 'BAJSFQ6BITZ', 'status=draft', 1904432400000, '\xda858ef23b217e97399b08d579f2094018dc1e2f9fb19f5338141d31968f36c9', '');
INSERT INTO public.audit VALUES (44, 'staff:li', 'broadcast.submit', 'BAJSFQ6BITZ', 'status=submitted hash=3aefd6d29b76', 1904432400000, '\x07563bede4879ff3b64c67b20f6f36d737c70b8fec469b7c75e6077895b0431c', '');
INSERT INTO public.audit VALUES (45, 'staff:chen', 'broadcast.approve', 'BAJSFQ6BITZ', 'status=approved hash=3aefd6d29b76', 1904432400000, '\xe99fa80f92273fa0ef3acdb8ed17813b9f24e8fd0f22aed03d2b086a2f51aef3', '');
INSERT INTO public.audit VALUES (46, 'staff:li', 'broadcast.new', 'BALEGE4PRDU', 'status=draft', 1904432400000, '\x1297f3aea17fd29371aeacca7942267d0d627d1c073c78a43fcf9ce4ba00dec7', '');
INSERT INTO public.audit VALUES (47, 'staff:li', 'broadcast.submit', 'BALEGE4PRDU', 'status=submitted hash=8c66f3870d2a', 1904432400000, '\xa52735ab49f0238b74874ce893f59b97e75fa3e51e15ee937e62d2ce92b81e81', '');
INSERT INTO public.audit VALUES (48, 'staff:chen', 'broadcast.approve', 'BALEGE4PRDU', 'status=approved hash=8c66f3870d2a', 1904432400000, '\x5b293c60a99f6c69d07899e4dd7118134e5744aec1c8877dd110fa8f98051f39', '');
INSERT INTO public.audit VALUES (49, 'staff:li', 'broadcast.schedule', 'BALEGE4PRDU', 'status=scheduled hash=8c66f3870d2a', 1904432400000, '\xe0d2bd145f2f0fd22a79f3d15495d20d81ab3f7ea3088eb5edd9faede896358d', '');
INSERT INTO public.audit VALUES (50, 'staff:li', 'broadcast.new', 'BJQ4YY3HXNB', 'status=draft', 1904432400000, '\xf2770f846fc06bd243c2ab4958a14e6faefee03665fdca884a0fbf0d1b2c0e0e', '');
INSERT INTO public.audit VALUES (51, 'staff:li', 'broadcast.submit', 'BJQ4YY3HXNB', 'status=submitted hash=0a35a8eb26ce', 1904432400000, '\x90f237341c5a4063f24eae2220dead0bc2f911f7b4e31a4df9a84d36e35c9c0b', '');
INSERT INTO public.audit VALUES (52, 'staff:chen', 'broadcast.approve', 'BJQ4YY3HXNB', 'status=approved hash=0a35a8eb26ce', 1904432400000, '\x1f2410241741d8fd52d6eef745d3d9dd9cf850c4d8b39f12edea6920bc8018ec', '');
INSERT INTO public.audit VALUES (53, 'staff:li', 'broadcast.schedule', 'BJQ4YY3HXNB', 'status=scheduled hash=0a35a8eb26ce', 1904432400000, '\x3a6f9b9840e7a16a81f7153e0cb548c3b25578455cf07d7f786d67bbf8f97306', '');
INSERT INTO public.audit VALUES (54, 'staff:li', 'broadcast.cancel', 'BJQ4YY3HXNB', 'status=cancelled hash=0a35a8eb26ce', 1904432400000, '\xa89c3fc473bc230c364abec6b53d1b75a7e566c5cb7b1db278cd0ae74e6ce927', '');
INSERT INTO public.audit VALUES (55, 'staff:li', 'broadcast.new', 'BZIPXVWUHBO', 'status=draft', 1904432400000, '\x5066f41a85f47f7eb1ad0d88d3d7419f75bce0ed2085913c0b75221b6f180bd8', '');
INSERT INTO public.audit VALUES (56, 'staff:li', 'broadcast.submit', 'BZIPXVWUHBO', 'status=submitted hash=3eff968172bc', 1904432400000, '\x3319bff355e39928fe561013ebcfa9922048335d87feb980f5ec9f747c3a1109', '');
INSERT INTO public.audit VALUES (57, 'staff:chen', 'broadcast.approve', 'BZIPXVWUHBO', 'status=approved hash=3eff968172bc', 1904432400000, '\x9059c2bbfce3336acfed846c17e2502c04f66f7580db8293df9e8ca7055376d5', '');
INSERT INTO public.audit VALUES (58, 'staff:li', 'broadcast.schedule', 'BZIPXVWUHBO', 'status=scheduled hash=3eff968172bc', 1904432400000, '\x8bf36efc9bf5e7ddcbe664d48c73a7582c1dfb3ce9bd32562a219a3a49c18106', '');
INSERT INTO public.audit VALUES (59, 'staff:li', 'broadcast.new', 'B4KAVMDK4XY', 'status=draft', 1904432400000, '\x09aa8605ed444a64bb2bd74dd0bb7bca53d89000209ae59886460f234d94c6e9', '');
INSERT INTO public.audit VALUES (60, 'staff:li', 'broadcast.submit', 'B4KAVMDK4XY', 'status=submitted hash=96e665f360c1', 1904432400000, '\x8113ef5251f641ee8a9e920f0fe7ad3c6be3d88e531cb231b184dd143e3ea3f7', '');
INSERT INTO public.audit VALUES (61, 'staff:chen', 'broadcast.approve', 'B4KAVMDK4XY', 'status=approved hash=96e665f360c1', 1904432400000, '\x0bf8617d858100486693e4eefc67a2d1fba4a2fb90e61c20f6b357b31423425e', '');
INSERT INTO public.audit VALUES (62, 'staff:li', 'broadcast.schedule', 'B4KAVMDK4XY', 'status=scheduled hash=96e665f360c1', 1904432400000, '\x22b134a41b2052cec721b2d51b49ffe36e8a369ebc5bb017e36eb30757524a18', '');
INSERT INTO public.audit VALUES (63, 'system:broadcast', 'broadcast.start', 'BZIPXVWUHBO', 'status=freezing hash=3eff968172bc', 1904436000000, '\xa71cedfea6126a579938f2551a805a6ac113fd2a2976872b39409583270a78aa', '');
INSERT INTO public.audit VALUES (64, 'system:broadcast', 'broadcast.freeze', 'BZIPXVWUHBO', 'status=sending hash=3eff968172bc', 1904436000000, '\x5b12fd5f3b4f4597958ee91ebd63ab03c6032a5e4abb036115eb9cfc190811f9', '');
INSERT INTO public.audit VALUES (65, 'system:broadcast', 'broadcast.start', 'B4KAVMDK4XY', 'status=freezing hash=96e665f360c1', 1904436000000, '\x7622f3c6374d12b1810d385953e6df48b45c13c6ff342be2b758f29c4b6e54ee', '');
INSERT INTO public.audit VALUES (66, 'system:broadcast', 'broadcast.freeze', 'B4KAVMDK4XY', 'status=sending hash=96e665f360c1', 1904436000000, '\x7a253947fe162997ff8c374dd3fa423cf2919c4880721c2eba2fdac5fc8bba51', '');
INSERT INTO public.audit VALUES (67, 'system:broadcast', 'broadcast.finish', 'B4KAVMDK4XY', 'status=done hash=96e665f360c1', 1904436000000, '\xa4402b71ffd0f4836bb5c8d2fbe377b33651934b10f1fe58f8a7b61a090b4f5b', '');
INSERT INTO public.audit VALUES (68, 'staff:li', 'test.act', 'y', '', 1904436000000, '\xc7bf7534bba4d034fb8fb5c3ebb37ac734b5fbeabf5f5c6a98e2db936b8b192b', '');
INSERT INTO public.audit VALUES (69, 'staff:boss', 'alarm.acknowledge', 'sms-codes-capped', '', 1904436000000, '\xce9f7c5ea9a65016bd003bb81f512a071da090ff8562992a4a40dec20bba542f', '');
INSERT INTO public.audit_mark VALUES ('anchor', 0, '\x', '\xeded5850e551b6c41d234d4ba2e00b575dbee0077bd67a8fb4efbfdc23f2d464');
INSERT INTO public.audit_mark VALUES ('head', 69, '\xce9f7c5ea9a65016bd003bb81f512a071da090ff8562992a4a40dec20bba542f', '\x7d1b9b138a48250fcef9267af3a3c3fcc2f6dfd5b80c5794fe462b6cde51d10f');
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (1, 'BLYSKZ7B276', 1, 'draft', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BLYSKZ7B276","Version":1,"Status":"draft","Why":"","Title":"草稿","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"草稿"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":null,"Nonce":"tPrhR6VfOQWyz3VDg3O1hQ==","Size":0,"Expected":{"parts":0,"cost":0,"cost_most":0,"saved":0},"Approver":"","ApprovedAt":"0001-01-01T00:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (2, 'BKNWVY6T2ZE', 2, 'submitted', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BKNWVY6T2ZE","Version":2,"Status":"submitted","Why":"","Title":"待批","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"待批"}}],"Audience":{"list":"LUPGRADE001"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"7NaVmFaAMCX2jdWODEZZT9ONUNeuBFzNv3srU0edoI0=","HashVersion":2,"Nonce":"UWLAkkThPonMPlzWClKhQA==","Lists":[{"ID":"LUPGRADE001","Lines":24,"Numbers":24,"Digest":"VgA7oi91G6e+ImpLQGVEv91FitBmUGk4+wyNjeQ9Zi8="}],"Size":7,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"","ApprovedAt":"0001-01-01T00:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (3, 'BAJSFQ6BITZ', 3, 'approved', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BAJSFQ6BITZ","Version":3,"Status":"approved","Why":"","Title":"已批","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"已批"}}],"Audience":{"list":"LUPGRADE001"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"Ou/W0pt20PlTyFBHXE6pTCUFsIalmnu/lANMVtA1VS0=","HashVersion":2,"Nonce":"48HGxDMuumXKzMT/xe2SQg==","Lists":[{"ID":"LUPGRADE001","Lines":24,"Numbers":24,"Digest":"VgA7oi91G6e+ImpLQGVEv91FitBmUGk4+wyNjeQ9Zi8="}],"Size":7,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"0001-01-01T00:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (4, 'BALEGE4PRDU', 4, 'scheduled', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BALEGE4PRDU","Version":4,"Status":"scheduled","Why":"","Title":"待发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"待发"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"jGbzhw0qwCVZN/N8RbNmTllvGg24eDUW+YdS+5Y/WSA=","HashVersion":2,"Nonce":"9q9htnFvnorLkx8/CwJLAQ==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (5, 'BJQ4YY3HXNB', 5, 'cancelled', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BJQ4YY3HXNB","Version":5,"Status":"cancelled","Why":"不发了","Title":"撤销","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"撤销"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"CjWo6ybO4F1uUeKeE8VlagPH3GTUSD+D7TOLWTty2SI=","HashVersion":2,"Nonce":"jmYVI1mWrrOPAGRp5vh55Q==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"0001-01-01T00:00:00Z","FrozenAt":"0001-01-01T00:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}', NULL, '', 0, 0, NULL, 1904432400000, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (6, 'BZIPXVWUHBO', 6, 'sending', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"BZIPXVWUHBO","Version":6,"Status":"sending","Why":"","Title":"在发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"在发"}}],"Audience":{"area":"某区"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"Pv+WgXK8ab4N40i4xOLx+xAq4JA1z4iq2hPtwLKYQU4=","HashVersion":2,"Nonce":"CDJ4al7U/GfhlvM+G5mOmg==","Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"2030-05-08T02:00:00Z","FrozenAt":"2030-05-08T02:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T02:00:00Z"}', 1904436000000, '', 8, 8, 1904436000000, NULL, NULL);
INSERT INTO public.broadcast OVERRIDING SYSTEM VALUE VALUES (7, 'B4KAVMDK4XY', 7, 'done', '', 'li', 'dogs', 0, NULL, NULL, 0, 0, '{"v":1,"ID":"B4KAVMDK4XY","Version":7,"Status":"done","Why":"","Title":"已发","Topic":"dogs","Cites":[{"notice":"N1","passage":1}],"Messages":[{"channel":"sms","template":"text","data":{"what":"已发"}}],"Audience":{"committee":"C2"},"Window":{"From":0,"To":0},"SendAt":"2030-05-08T02:00:00Z","ExpireAt":"0001-01-01T00:00:00Z","Fallback":{},"Emergency":false,"Committee":"","Series":"","DueAt":"0001-01-01T00:00:00Z","Author":"li","Editors":["li"],"Hash":"luZl82DBwy9M3gaIdaGVfrLVul/f9YjL5dsy8qnX0AM=","HashVersion":2,"Nonce":"p41VqTPWxnus7K6RrBS4Hg==","Size":3,"Expected":{"parts":1,"cost":90,"cost_most":90,"saved":0},"AnyFew":true,"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Confirmer":"","ReleasedAt":"2030-05-08T01:00:00Z","BegunAt":"2030-05-08T02:00:00Z","FrozenAt":"2030-05-08T02:00:00Z","Round":1,"ForgottenAt":"0001-01-01T00:00:00Z","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T02:00:00Z"}', 1904436000000, '', 3, 3, 1904436000000, 1904436000000, NULL);
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
INSERT INTO public.goose_db_version VALUES (1, 0, true, '2026-11-29 20:51:53.594567');
INSERT INTO public.goose_db_version VALUES (2, 1, true, '2026-11-29 20:51:53.616678');
INSERT INTO public.goose_db_version VALUES (3, 2, true, '2026-11-29 20:51:53.679577');
INSERT INTO public.goose_db_version VALUES (4, 3, true, '2026-11-29 20:51:53.693406');
INSERT INTO public.goose_db_version VALUES (5, 4, true, '2026-11-29 20:51:53.776664');
INSERT INTO public.goose_db_version VALUES (6, 5, true, '2026-11-29 20:51:53.899396');
INSERT INTO public.goose_db_version VALUES (7, 6, true, '2026-11-29 20:51:53.979476');
INSERT INTO public.goose_db_version VALUES (8, 7, true, '2026-11-29 20:51:53.999809');
INSERT INTO public.goose_db_version VALUES (9, 10, true, '2026-11-29 20:51:54.195201');
INSERT INTO public.goose_db_version VALUES (10, 11, true, '2026-11-29 20:51:54.239658');
INSERT INTO public.goose_db_version VALUES (11, 12, true, '2026-11-29 20:51:54.240645');
INSERT INTO public.goose_db_version VALUES (12, 13, true, '2026-11-29 20:51:54.258857');
INSERT INTO public.goose_db_version VALUES (13, 16, true, '2026-11-29 20:51:54.260753');
INSERT INTO public.goose_db_version VALUES (14, 20, true, '2026-11-29 20:51:54.267838');
INSERT INTO public.goose_db_version VALUES (15, 21, true, '2026-11-29 20:51:54.282332');
INSERT INTO public.goose_db_version VALUES (16, 22, true, '2026-11-29 20:51:54.338164');
INSERT INTO public.goose_db_version VALUES (17, 35, true, '2026-11-29 20:51:54.369554');
INSERT INTO public.goose_db_version VALUES (18, 40, true, '2026-11-29 20:51:54.375874');
INSERT INTO public.goose_db_version VALUES (19, 50, true, '2026-11-29 20:51:54.376648');
INSERT INTO public.goose_db_version VALUES (20, 51, true, '2026-11-29 20:51:54.401631');
INSERT INTO public.goose_db_version VALUES (21, 52, true, '2026-11-29 20:51:54.402615');
INSERT INTO public.goose_db_version VALUES (22, 53, true, '2026-11-29 20:51:54.416095');
INSERT INTO public.goose_db_version VALUES (23, 70, true, '2026-11-29 20:51:54.430116');
INSERT INTO public.goose_db_version VALUES (24, 80, true, '2026-11-29 20:51:54.439382');
INSERT INTO public.goose_db_version VALUES (25, 85, true, '2026-11-29 20:51:54.440153');
INSERT INTO public.goose_db_version VALUES (26, 86, true, '2026-11-29 20:51:54.443815');
INSERT INTO public.idempotency VALUES ('\x00543f401578c153609050733e2bcd2daa2ef30f24d117baba0710c380dadb19', '\xbbebdc03125206655d73c4d0d051246f6186cef9e139ae77151a2d4ea9fb2dfa', 1904436060000, 1, '\x010001c1bade0e6eaad6ab7b4c0704ca2813ac8d6b2697314e8bdc674c85edc362dc1b77f379ec2cc9', NULL, 1904522400000, NULL);
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
INSERT INTO public.numbers_export VALUES ('dzj4d6vv2s', 'C1', '打电话', 'staff:boss', 1904432400000, 'staff:wang', 1904432400000, '', NULL);
INSERT INTO public.preference VALUES (1, 'dogs', 'sms', 0, 1904432400000);
INSERT INTO public.preference VALUES (1, 'dogs', 'wechat', 1, 1904432400000);
INSERT INTO public.preference VALUES (3, '', 'sms', 0, 1904432400000);
INSERT INTO public.preference VALUES (4, '', 'sms', 0, 1904432400000);
INSERT INTO public.recipient VALUES (6, 1, 1, '\xbf73e3281a43a6657a07f41535f987d7', 0);
INSERT INTO public.recipient VALUES (6, 2, 2, '\x4f995afe040dfd919478d28a92468a26', 1);
INSERT INTO public.recipient VALUES (6, 3, 3, '\xad4f8782930c57c0716dd9f8cd90ff1b', 0);
INSERT INTO public.recipient VALUES (6, 4, 4, '\x3ad4f5194667f60860979310f2b76c00', 0);
INSERT INTO public.recipient VALUES (6, 5, 5, '\xebc352750ce9a4fd3f04b7e6dd9e53db', 1);
INSERT INTO public.recipient VALUES (6, 6, 6, '\x08adef3f9adf8ec425680bd6cb4d5d58', 1);
INSERT INTO public.recipient VALUES (6, 7, 8, '\x6ec09db57e3a63674337368405c43ab8', 0);
INSERT INTO public.recipient VALUES (6, 8, 9, '\x01a229142008d5da0f0206c7df28c6e6', 1);
INSERT INTO public.recipient VALUES (7, 1, 6, '\x08adef3f9adf8ec425680bd6cb4d5d58', 1);
INSERT INTO public.recipient VALUES (7, 2, 8, '\x6ec09db57e3a63674337368405c43ab8', 0);
INSERT INTO public.recipient VALUES (7, 3, 9, '\x01a229142008d5da0f0206c7df28c6e6', 1);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (2, '\x4f995afe040dfd919478d28a92468a26', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', '\x01000125ee660a598e5da687b816e1ef324c8c922f51e0b8c864a0836e7ee926de6936938c0604403a1e', 'staff', NULL, NULL, 'C1', '桃园', 'staff', '["独居","高龄"]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (5, '\xebc352750ce9a4fd3f04b7e6dd9e53db', '\xbbcc99f3a9b2488b85520c85a4cc797b', '\x010001f03657c33d338544c91314f5e8e1c49e49870d71d71d21eff64f987c8c568833c62b9d5a9a4d11', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (6, '\x08adef3f9adf8ec425680bd6cb4d5d58', '\x6a2b359eab29e5c206a6b92f698631cc', '\x010001ab42b40a6b10a8b104171de0067773c26b2e2f4a2145acb415305fd0a3ed98639f3848564155ff', 'staff', NULL, NULL, 'C2', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (1, '\xbf73e3281a43a6657a07f41535f987d7', '\x0ae800c5c8ef89128ab9fd8f239640d0', '\x010001ef33968148f5f77dd3cf0a36691ae04867032c971a01405eed32bed0586575714fa6c268008e7f', 'staff', '\x66e3a4d62c0f530b8ee3313c2a45d241b3c7c4e01d05507ee976ca490307a3f2', '\x010001aa64f7690beb3c94eb7f125e18c8b1a20cd6e0f6754a77d27901f11256ee93fa22e358aa829cc0253f', 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (8, '\x6ec09db57e3a63674337368405c43ab8', NULL, NULL, '', '\xd29ab8696161564fa47b4393b02c410b5da617f51add270511f34695cbdc153d', '\x010001c897cc36d23b96df60662feaa7a3db03d3607e10b447df9d418448c1161eb46d9efaa958f9152a019a', 'C2', '', 'chat', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (3, '\xad4f8782930c57c0716dd9f8cd90ff1b', '\xb9764d675192eba45a610b72ba505108', '\x010001224780274eebed78858eb65c56cc26db7fc13de4b645d607b6dfab17032b2f3cb9cd82e5c59031', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (9, '\x01a229142008d5da0f0206c7df28c6e6', '\x9ae38ff10da57c169d71293155a806e5', '\x010001d5d02d2c648ca2c419ab8d9be459baa6d4dea9ef88535856546836cf56a2e5beaa6fa136af73f7', 'import', NULL, NULL, 'C2', '', 'import', '[]', 1904432400000, 1904432400000);
INSERT INTO public.resident OVERRIDING SYSTEM VALUE VALUES (4, '\x3ad4f5194667f60860979310f2b76c00', '\xd03af1fe3d88e01ee8a51183f0da6330', '\x010001a9e3f152825d9d4d234b569583919ca9d232c0b76ca7e29f9b7fc248528373787cbe62ad770bd2', 'staff', NULL, NULL, 'C1', '', 'staff', '[]', 1904432400000, 1904432400000);
INSERT INTO public.roster_import VALUES ('tot443itthtgap5xw6ptvouklo', '\x0100000000000000000000000000000000000000000000000000000000000000', 1904432400000, 1, NULL, 1, 0, 0, 0, 0);
INSERT INTO public.seal_key VALUES (0, '\xd6363d3246784a8c757bf0fe05e47c58378d9c70175a8e7c305ecacd0a2840e0a49eea636accc5919fa1c4025bff7166999d31e529a720b91ac67d21', 1795985514458, 1795985514458, 0);
INSERT INTO public.seal_key VALUES (1, '\x804d4c24cfadd74e83c30f2f57929203f52c386e09e144b215396432e4a98b02635e0ec51016bd03cd137beb016e7267ab77dca12d6964a458beb7b7', 1795985514458, 1795985514458, 0);
INSERT INTO public.series VALUES ('SBGOZ7BEP3H', 2, '{"v":1,"ID":"SBGOZ7BEP3H","Version":2,"Cron":"0 9 * * 1","Until":"2030-06-08T01:00:00Z","Expire":0,"Proposal":{"title":"每周提醒","topic":"dogs","cites":[{"notice":"N1","passage":1}],"messages":[{"channel":"sms","template":"text","data":{"what":"每周提醒"}}],"audience":{"area":"某区"},"window":{"From":0,"To":0},"send_at":"0001-01-01T00:00:00Z","expire_at":"0001-01-01T00:00:00Z","fallback":{},"emergency":false,"committee":""},"Author":"li","Editors":["li"],"Hash":"y6bHNbGoOb5HDee6RAf9r/3joTWzk+vIV1wgT3OYc5U=","HashVersion":2,"Nonce":"lT1waQ3u/5kso/NoCyMpUg==","AnyFew":true,"Size":8,"Expected":{"parts":1,"cost":180,"cost_most":180,"saved":0},"Approver":"chen","ApprovedAt":"2030-05-08T01:00:00Z","Next":"2030-05-13T01:00:00Z","Stopped":false,"Why":"","CreatedAt":"2030-05-08T01:00:00Z","UpdatedAt":"2030-05-08T01:00:00Z"}');
INSERT INTO public.sms_inbound OVERRIDING SYSTEM VALUE VALUES (2, '\x828511bbf9f36202e2b0b62da3311916e534aebb9b5269afa79c5d0ee19a9cdf', 'reply', '', '\xd03af1fe3d88e01ee8a51183f0da6330', '\x0100015587c6b6a72fbf7e1892b14ebf4ee0454e5fae69ec03042d954dedb8984e4379107ae77471adc7ba07d67a5fa3d448241576e5e2a98e25220164115aa6a93d63e099f65d78d7b96792669abb2cdcdb917f469ba1786c167897b434f9a4decc334e872bbde80fa51fc55f91b83a95adbfcf887419026995314ac57a65554ff9d42bcd4405a653143965849eefd08e9fc4e52c3665e8ffd5b3b4fb', 1904432400000, 1904432460000, 1, 1904432400000);
INSERT INTO public.sms_inbound OVERRIDING SYSTEM VALUE VALUES (1, '\xc7461be73dc5fcb7d6bbb2032db9102fce90e96ef1f4c6262045c61712e4d3fb', 'receipt', 'call-of-t1', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', '\x010001c1164705d4e87d88db5234ff3a3f7ae752bb350b2eb1bd14b6e300cff185cc3e30d64740007545734a65f36f408c00e3e2e8aea4dbbd4394c3563bb78bb4d36879b0f59df51ea8bd6f25418fcaf349158d64a978cdd427fa2e9bcfd730512d33edac042b2024a083441090866cf8a59a57214cab69b81e0acbc5c5bf4440f4302e0f2618da61da14012a89f138bfa86d5503ad7fb9053ce1b00d34d71cbafc710035491f449b8de3014ed5eec2bec6c0ee01f5e76ea64710c8837b13d8a7a98f646c5d45f82b6e7f46e49cb450e588434892708271e68b4f4c05e39cdb07ddf8d51304c276ff8b84ba', 1904432400000, 1904432460000, 1, 1904432400000);
INSERT INTO public.sms_inbound OVERRIDING SYSTEM VALUE VALUES (3, '\x3b5c90ef6bb7e6c3c02fa6b90e149111cd837a8fc94b8f0868c7f32de9e02a77', 'reply', '', '\xbbcc99f3a9b2488b85520c85a4cc797b', '\x0100015a0b9bcf558417af33172ea9bfa5508c0d23d394a405a493228750a044b6a3807b94e6783f421e990407dc4f796487f4dd05ce56ff2a0836094236a48fa720a651a138f85da2b955ab43eb66c0a7fabfc12492c39f0dd87d8de936bedb2b27f994180dc4d38cd7ff0e04061674133218bd06223cb1ac235f33b39ce82a9878803a46beb053811b03b7cc69704a36d38ad14e48887a6b7779ac32f13abc9a90', 1904432400000, 1904432400000, 0, NULL);
INSERT INTO public.sms_stop OVERRIDING SYSTEM VALUE VALUES (1, '\xb9764d675192eba45a610b72ba505108', '\x01000125ab29af7c515ff3582d170bd37e05af98b9a05768926663e5f2087cb9b2306c4f008f319310fb', 'chat', 1904432400000, 1, NULL);
INSERT INTO public.sms_stop OVERRIDING SYSTEM VALUE VALUES (2, '\xd03af1fe3d88e01ee8a51183f0da6330', '\x010001de4cbc4f7d4a928490c8d6d9f8bea3265e830afbc6d5d076469b8b2cd66e4bf6f7858461beb14b', 'k1', 1904432400000, 1, NULL);
INSERT INTO public.staff VALUES ('boss', '管理员甲', 'admin', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO public.staff VALUES ('li', '作者', 'author', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO public.staff VALUES ('chen', '审批人', 'approver', '', 1904432400000, NULL, NULL, NULL, '');
INSERT INTO public.staff VALUES ('gone', '已离职', 'auditor', '', 1904432400000, 1904432400000, NULL, NULL, '');
INSERT INTO public.staff VALUES ('wang', '管理员乙', 'admin', '', 1904432400000, NULL, '\x01000153bd937ee0556e289a036c7c95b3a5a00583739dc133844154d03ac1a7880ce3fd612235d96896134487faad', '\x225a85568e3040cf038ece4d5030a385bab5941304a2301e244321fbd55e836e', 'local:root');
INSERT INTO public.staff_invitation VALUES ('rd467phdrt', 'boss', 'local:root', 1904432400000, 'local:root', 1904432400000, 1, NULL, '', NULL, NULL, 1904518800000, '\xa6633f5c6a761d118737746453208f1713af386c01c19a3830da6e4af6fead52');
INSERT INTO public.staff_key VALUES ('brztucr75g', 'li', '\xecbeadf5b20224f01329f04a2cc463c1009da85ab59b8712222c17eabe899a89', 1904432400000, NULL, NULL, 1912208400000, 1);
INSERT INTO public.staff_key VALUES ('cildxycht2', 'gone', '\x', 1904432400000, 1904432400000, NULL, 1912208400000, 1);
INSERT INTO public.stop_undo VALUES ('nybviwtruz', 'k1', 1904428800000, 1904432400000, '密钥泄露', 'staff:boss', 1904432400000, '', NULL, 0);
INSERT INTO public.subscription VALUES (1, 'template-1', 1904432400000);
INSERT INTO public.suppression VALUES ('\xb9764d675192eba45a610b72ba505108', 'stopped', 1904432400000);
INSERT INTO public.suppression VALUES ('\x4d46656cc3f8c980551a6fe57a323046', 'erased', 1904432400000);
INSERT INTO public.suppression VALUES ('\xd03af1fe3d88e01ee8a51183f0da6330', 'stopped', 1904432400000);
INSERT INTO public.tally VALUES (6, '', 'suppressed', 8, 4);
INSERT INTO public.tally VALUES (6, 'sms', 'pending', 8, 4);
INSERT INTO public.tally VALUES (7, '', 'suppressed', 6, 1);
INSERT INTO public.tally VALUES (7, 'sms', 'pending', 6, 2);
INSERT INTO public.tally VALUES (6, 'sms', 'pending', 12, -3);
INSERT INTO public.tally VALUES (6, 'sms', 'sending', 12, 3);
INSERT INTO public.tally VALUES (6, 'sms', 'accepted', 11, 1);
INSERT INTO public.tally VALUES (6, 'sms', 'failed', 11, 1);
INSERT INTO public.tally VALUES (6, 'sms', 'in_doubt', 11, 1);
INSERT INTO public.tally VALUES (6, 'sms', 'sending', 11, -3);
INSERT INTO public.tally VALUES (7, 'sms', 'pending', 12, -2);
INSERT INTO public.tally VALUES (7, 'sms', 'sending', 12, 2);
INSERT INTO public.tally VALUES (7, 'sms', 'accepted', 15, 2);
INSERT INTO public.tally VALUES (7, 'sms', 'sending', 15, -2);
INSERT INTO public.tally VALUES (7, 'sms', 'accepted', 1, -1);
INSERT INTO public.tally VALUES (7, 'sms', 'delivered', 1, 1);
INSERT INTO public.test_send OVERRIDING SYSTEM VALUE VALUES (1, 'li', 'li', 1904436000000);
INSERT INTO public.text OVERRIDING SYSTEM VALUE VALUES (2, 't2', '\x4f995afe040dfd919478d28a92468a26', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', 'code', 'SMS_2', 'accepted', 'call-of-t2', '', 0, 1904432400000, NULL, 1904432400000);
INSERT INTO public.text OVERRIDING SYSTEM VALUE VALUES (1, 't1', '\x4f995afe040dfd919478d28a92468a26', '\xbeca7fd8ab13d7c34c39ec04029a1b2c', 'code', 'SMS_2', 'delivered', 'call-of-t1', 'DELIVERED', 1, 1904432400000, NULL, 1904432400000);
INSERT INTO public.ticket VALUES ('20300508-0001', '20300508-0001', 'suggestion', 'answered', 'lamps', '\xf887ead93cec0724328bba432ff499234b85e8b470892c8966f1b381bda37f94', '\x0100012fed0e09ddfcefd0686b226624088e37295cff34af7cf97b595c9a1eb6f6d164a202c2c7cda0cc1244', '\x0100017943b98bc6e85fe5066f17913463d5126b38e605dcac11641a96ada1882fa3df7ee759ef2b423ccf', '\x0100018d029b403b78ba4153ede240e4b9bc966e8f33f67ea3d3a173ada825dd86fd696dd5', '市民中心', '\x01000159f2962d8f77c6a0b8dc7569adb2ad2d248b59bdbfaa090cd284b2e90a661665d97947dec4', 1904432460000, 1905091199000, 1904432460000, NULL, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0002', '20300508-0002', 'suggestion', 'answered', 'lamps', '\x4afdec87e46e52c1c92b05946aa2ad46a1ced3d5b2d6224a3a6cf6b270084f80', '\x010001cef8079a6c2e74f5fa437b616c2066f9664c04f726c93c4856784346e9644ff5b9004a540ee3011558', '\x010001dc4b01f07d9e7b556d0e121618e89f1586dd649b1abdbf975a2e91eac55ded94aacd41c28f66ff18', '\x010001775f4034e2c3ce12b4c2c855950ba9888cf9f4692199e20c0595880d4f0db401f786', '市民中心', '\x010001e41d7d4bc1ebca620e64c685080d1e780502354e4cf45d6105a75538c6c494ec2c8bb206fa', 1904432520000, 1905091199000, 1904432520000, NULL, 1904432520000, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0003', '20300508-0003', 'handoff', 'closed', 'lamps', '\xf887ead93cec0724328bba432ff499234b85e8b470892c8966f1b381bda37f94', '\x0100012c417f8bd692b54b1e7dae090f59447205250397967e9f13f677e7c5364a1450835cd9843b06e909c9', '\x0100015d230889c582b28f98eba4c6a73ce9ce7a97faf20539981f830db8a6f213ba53e49570a88e', '\x0100013e7263c22a75dbe97313a057e32153a84c4a1c79ac733d40f7cd63b372eb70a6ae3e', '市民中心', NULL, 1904432580000, 1905091199000, NULL, 1904432580000, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0004', '20300508-0004', 'question', 'open', 'lamps', '\xf887ead93cec0724328bba432ff499234b85e8b470892c8966f1b381bda37f94', '\x0100019e164517362842ae5aa136c9d2e40978b6af692d9de13ce6d436a1ab7ece4d43c6bd502e896d46b6fc', '\x010001099105b89a7ecffe5950443fd46ce7d880c483ebe15c0a9e64d7481333f3131a84c9337429de6879073c56945d59', '\x01000108333222519bbc24e8194b196eb0b7b3ecb07fadb94beb7fb366773baa643f5dc199', '', NULL, 1904432640000, 1905091199000, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 1);
INSERT INTO public.ticket VALUES ('20300508-0005', '20300508-0005', 'reply', 'open', '', NULL, NULL, '\x010001e6f5655cda2ed11675f3c442d8cc8d9144978e5d30a2cbcd22d2f5cba6b6dc192940', '\x0100012fce8724c8f5d1183f8dda07d3d12e882ea79115cbb15c76b69937c7', '', NULL, 1904432640000, 1905091199000, NULL, NULL, NULL, NULL, 0, 0, '\xbeca7fd8ab13d7c34c39ec04029a1b2c', '\x010001eff16bf34c059964fb7b0c7a8870b3d9fb7785fb74cd828ba3694ccfce9de5cbf7a6585dfbde45', 1);
INSERT INTO public.ticket_day VALUES ('20300508', 5);
INSERT INTO public.ticket_message VALUES ('\x523ef4ad9989e31e63c2a5b52ce2091ce3443a4a90a811a263478e92005607d4', '20300508-0001', 1904432460000);
INSERT INTO public.ticket_message VALUES ('\x5e61856da5d547fa97f975a412b31bf61fbcc7377637b1b5339d8c99d0640a86', '20300508-0002', 1904432520000);
INSERT INTO public.ticket_message VALUES ('\x5d3deb2594ae7d666b0487ef0898ae20c9c50fb139f988dd24bc76893a593fbc', '20300508-0002', 1904432520000);
INSERT INTO public.ticket_message VALUES ('\x614a57f887e7b636b8cc20af21d144add96152dab103f27b306c806102dd80db', '20300508-0003', 1904432580000);
INSERT INTO public.ticket_message VALUES ('\xe4c4fe2b7659665bfbdac3d2962d359e017da7a4db0e0e54f4e1e482569df431', '20300508-0004', 1904432640000);
INSERT INTO public.ticket_message VALUES ('\x69249d842a0ae1393da7f489c8e40ddd4072e56b77016f7dd283eeb904e04d56', '20300508-0005', 1904432640000);
INSERT INTO public.ticket_proposal VALUES ('20300508-0004', '2mu5744ssw', '\x010001672a5a5acb922bb54da2ff09a5fda91924887ae7a30cf3f09e5f15d45ec668019d8583a1c9', '市民中心', 'staff:wang', 1904432640000);
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
