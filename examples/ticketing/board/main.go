// board-service: the boards and the chat of the ticketing workload, as services in Go are usually written.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const service = "board-service"

func main() {
	slog.SetDefault(newLogger(os.Stdout))
	if err := run(); err != nil {
		slog.Error("Ended: " + err.Error())
		os.Exit(1)
	}
}

// run serves until it is told to stop, answers what it has begun, and sends the spans that wait.
func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	flushSpans, err := startTracing(ctx)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: ":" + port(), Handler: newHandler(), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	slog.Info("Listening on port " + port())

	select {
	case err = <-ended:
	case <-ctx.Done():
		slog.Info("Stopping")
	}
	last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(last), flushSpans(last))
}

func port() string {
	if value := os.Getenv("PORT"); value != "" {
		return value
	}
	return "3010"
}
