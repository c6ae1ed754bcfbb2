-- How each resource stood after the newest pass: what is shown before the first pass of a process.

create table resource_status (
    resource         text primary key,
    generation       text not null,
    declared_at      text,
    revision         text not null,
    applied_revision text,
    urls             text not null,
    replicas         text not null,
    last_change      text,
    last_change_at   timestamptz,
    problems         text not null
);

create sequence condition_seq start with 50 increment by 50;
create table resource_condition (
    seq                 bigint      primary key,
    resource            text        not null
        references resource_status (resource) on delete cascade deferrable initially deferred,
    ordinal             integer     not null,
    type                text        not null,
    status              text        not null,
    reason              text        not null,
    message             text        not null,
    observed_generation text        not null,
    last_transition_at  timestamptz not null,
    unique (resource, ordinal)
);
