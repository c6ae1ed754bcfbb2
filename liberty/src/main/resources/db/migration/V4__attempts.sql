-- What was tried of each resource lately, and for which commit; as JSON, newest first.

alter table resource_status add column attempted_revision text;
alter table resource_status add column attempts text not null default '{"attempts":[]}';
