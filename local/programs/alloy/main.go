// Grafana Alloy. Its own main lies in a generated module; this one starts the same command.
package main

import (
	"os"

	"github.com/grafana/alloy/flowcmd"
)

func main() {
	if flowcmd.RootCommand().Execute() != nil {
		os.Exit(1)
	}
}
