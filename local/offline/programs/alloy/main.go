// Grafana Alloy. Its own main lies in a generated module and registers what no component here needs; this one starts
// the same command.
package main

import (
	"os"

	"github.com/grafana/alloy/internal/alloycli"
	"github.com/grafana/alloy/internal/build"
	"github.com/prometheus/client_golang/prometheus"
	// Trusted roots for an image that has none.
	_ "golang.org/x/crypto/x509roots/fallback"
)

func main() {
	prometheus.MustRegister(build.NewCollector("alloy"))
	if alloycli.Command().Execute() != nil {
		os.Exit(1)
	}
}
