// Command app serves the todo list, the reference application of Ironstar.
package main

import (
	"ironstar.dev/cmd/app/application"
	"ironstar.dev/ops"
)

func main() { ops.Main(application.App()) }
