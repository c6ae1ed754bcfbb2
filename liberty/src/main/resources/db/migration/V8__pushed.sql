-- What names a built image in the registry that it was pushed to, with its digest.

alter table build add column pushed text;
create index build_pushed on build (image, seq desc) where pushed is not null;
