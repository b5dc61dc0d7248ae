-- Checksums of rows that never change. docs/FORMAT.md explains every column.
-- A released migration is never edited: its checksum is stored in each file.
-- Rows that are there already keep NULL: a checksum of what they are now would
-- also vouch for damage (docs/decisions/020-checksums.md).

ALTER TABLE events ADD COLUMN checksum INTEGER;
ALTER TABLE commands ADD COLUMN checksum INTEGER;
ALTER TABLE shapes ADD COLUMN checksum INTEGER;

ALTER TABLE log ADD COLUMN unchecked INTEGER NOT NULL DEFAULT 0;
UPDATE log SET unchecked = (SELECT coalesce(max(position), 0) FROM events);
