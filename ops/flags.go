package ops

// Flags are the options of a server from the command line.
type Flags struct {
	Addr   string `default:"127.0.0.1:8080" help:"Listen on this address."`
	DB     string `name:"db" default:"app.db" help:"The file of the database. Its folder must exist."`
	Secure bool   `help:"People use https, through a proxy. Browsers then send cookies by https only."`

	Host   []string `placeholder:"NAME" help:"A name by which people reach this server, in addition to the address that it listens on: todo.example, or todo.example:8080 for this port only. Requests for other names are refused. May be given several times."`
	Origin []string `placeholder:"URL" help:"The address by which people reach this server, as https://todo.example. It implies --host, and with https --secure. May be given several times."`

	TrustedProxy    []string `placeholder:"ADDRESS" help:"The address of a proxy in front of this server, or a network such as 10.0.0.0/8. The server takes the address of a client from X-Forwarded-For of this proxy, and counts pages by it."`
	PagesPerAddress int      `default:"1024" placeholder:"N" help:"The greatest number of pages that may be open from one client's address; -1 means no limit. Loopback addresses have no limit."`

	TakeOver bool `name:"takeover" help:"Replace the server that owns the file: read all events as a standby, then ask that server to stop. If no server owns the file, start as usual."`

	VerifySnapshots bool `help:"Before serving, fold all events and compare the states with the snapshots. Report wrong snapshots, and remove all of their view or aggregate."`

	Metrics string `placeholder:"ADDRESS" help:"Answer /metrics on this address, as 127.0.0.1:9100, in the text format of Prometheus. Everybody who reaches it can read it."`

	Dev bool `help:"For ironstar dev: show on /dev what the application consists of and its last events, and stop when standard input ends. The address must be a loopback address."`
}
