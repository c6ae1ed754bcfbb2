-- What passes saw and did. Rows are kept for a while and forgotten; no app depends on them.
-- A sequence that gives 50 numbers at once starts with 50: its value is the last of them.

create sequence pass_seq increment by 1;
create table pass (
    seq           bigint      primary key,
    pass_id       text        not null unique,
    trigger       text        not null,
    revision      text        not null,
    author        text,
    started_at    timestamptz not null,
    duration_ms   bigint      not null,
    plan          text        not null,
    problems      text        not null,
    problem_count integer     not null,
    change_count  integer     not null,
    failed_count  integer     not null
);
create index pass_started_at on pass (started_at);

create sequence change_seq start with 50 increment by 50;
create table change (
    seq         bigint  primary key,
    pass_seq    bigint  not null references pass (seq) on delete cascade,
    ordinal     integer not null,
    resource    text    not null,
    what        text    not null,
    reasons     text    not null,
    outcome     text    not null,
    detail      text,
    duration_ms bigint  not null
);
create index change_pass on change (pass_seq, ordinal);

create sequence event_seq start with 50 increment by 50;
create table event (
    seq         bigint      primary key,
    type        text        not null,
    resource    text        not null,
    happened_at timestamptz not null,
    what        text        not null,
    reasons     text        not null,
    who         text,
    revision    text        not null,
    pass_id     text        not null,
    outcome     text,
    detail      text,
    duration_ms bigint      not null
);
create index event_resource on event (resource, seq desc);
create index event_happened_at on event (happened_at);
