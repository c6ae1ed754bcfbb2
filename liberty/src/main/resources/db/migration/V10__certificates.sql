-- The certificates of each resource's hosts, as JSON.

alter table resource_status add column certificates text not null default '{"certificates":[]}';
