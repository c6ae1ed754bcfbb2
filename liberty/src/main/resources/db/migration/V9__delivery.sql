-- The newest deliveries of webhooks. Ids grow with time.

create table delivery (
    delivery_id text    primary key,
    refused     boolean not null,
    body        text    not null
);
create index delivery_newest on delivery (refused, delivery_id desc);
