-- Builds that were asked for, and who is at those that go on, by the clock of the database alone.

create sequence build_seq;
create table build (
    seq        bigint      primary key default nextval('build_seq'),
    build_id   text        not null unique,
    app        text        not null,
    image      text        not null,
    repo       text,
    commit_id  text        not null,
    attempt    integer     not null,
    phase      text        not null,
    ended      boolean     not null,
    queued_at  timestamptz not null,
    steps      text        not null,
    holder     text        not null,
    renewed_at timestamptz not null
);
create index build_app on build (app, seq desc);
create index build_open on build (seq) where not ended;
