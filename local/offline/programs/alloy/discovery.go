// Package discovery stands for Alloy's, which finds the peers of a cluster through the clouds' libraries. Here every
// Alloy runs by itself.
package discovery

import (
	"errors"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

type DiscoverFn func() ([]string, error)

type Options struct {
	JoinPeers     []string
	DiscoverPeers string
	DefaultPort   int
	Logger        *slog.Logger
	Tracer        trace.TracerProvider
}

func NewPeerDiscoveryFn(options Options) (DiscoverFn, error) {
	if len(options.JoinPeers) > 0 || options.DiscoverPeers != "" {
		return nil, errors.New("this build of Alloy joins no cluster")
	}
	return nil, nil
}
