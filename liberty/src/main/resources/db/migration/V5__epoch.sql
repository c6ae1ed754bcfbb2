-- Which Berth wrote: the stamp on the engine that it did so by. Null for passes of before.

alter table pass add column epoch bigint;
