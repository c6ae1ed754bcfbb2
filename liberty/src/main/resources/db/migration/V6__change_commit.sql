-- The commit that a change was begun for, where that is not the one of the pass that tells of it.

alter table change add column revision text;
alter table change add column author text;
