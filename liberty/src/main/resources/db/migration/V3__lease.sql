-- Which home may write for an instance; by the clock of the database alone.

create table lease (
    instance   text        primary key,
    holder     text        not null,
    taken_at   timestamptz not null,
    renewed_at timestamptz not null
);
