-- Values of which at most one stream holds each. docs/FORMAT.md explains every
-- column. A released migration is never edited: its checksum is stored in each file.

CREATE TABLE claims (
	aggregate_type TEXT    NOT NULL,
	rule           TEXT    NOT NULL,
	aggregate_id   TEXT    NOT NULL,
	value          TEXT    NOT NULL,
	position       INTEGER NOT NULL,
	checksum       INTEGER NOT NULL,
	PRIMARY KEY (aggregate_type, rule, aggregate_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_by_value ON claims (aggregate_type, rule, value, position);

CREATE TABLE claim_rules (
	aggregate_type TEXT    NOT NULL,
	rule           TEXT    NOT NULL,
	declaration    TEXT    NOT NULL,
	upto           INTEGER,
	PRIMARY KEY (aggregate_type, rule)
) STRICT, WITHOUT ROWID;
