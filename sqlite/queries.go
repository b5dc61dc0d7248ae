package sqlite

import _ "embed" // the queries below

// The queries, one file each.
var (
	//go:embed sql/insert_events.sql
	sqlInsertEvents string
	//go:embed sql/insert_command.sql
	sqlInsertCommand string
	//go:embed sql/insert_shape.sql
	sqlInsertShape string
	//go:embed sql/insert_log.sql
	sqlInsertLog string
	//go:embed sql/insert_migration.sql
	sqlInsertMigration string
	//go:embed sql/create_migrations.sql
	sqlCreateMigrations string
	//go:embed sql/mark_opening.sql
	sqlMarkOpening string
	//go:embed sql/command.sql
	sqlCommand string
	//go:embed sql/last_of_stream.sql
	sqlLastOfStream string
	//go:embed sql/head.sql
	sqlHead string
	//go:embed sql/event_at.sql
	sqlEventAt string
	//go:embed sql/read_log.sql
	sqlReadLog string
	//go:embed sql/read_stream.sql
	sqlReadStream string
	//go:embed sql/shapes.sql
	sqlShapes string
	//go:embed sql/migrations.sql
	sqlMigrations string
	//go:embed sql/log_id.sql
	sqlLogID string
)
