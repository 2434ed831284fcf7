package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// newHandler serves the API, each route traced and measured, and what probes and Prometheus ask.
func newHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "UP"})
	})
	mux.Handle("GET /metrics", promhttp.Handler())
	serve := func(method, path string, handler http.HandlerFunc) {
		mux.Handle(method+" "+path, otelhttp.NewHandler(measured(path, handler), method+" "+path))
	}
	serve("POST", "/api/boards", createBoard)
	serve("POST", "/api/chat/messages", postMessage)
	mux.Handle("/", otelhttp.NewHandler(measured("unknown", http.HandlerFunc(unknown)), "unknown"))
	return mux
}

func createBoard(w http.ResponseWriter, r *http.Request) {
	title, ok := required(w, r, "title")
	if !ok {
		return
	}
	boards.Inc()
	slog.InfoContext(r.Context(), "Board created: "+title)
	answer(w, http.StatusCreated, map[string]string{"boardId": rand.Text()})
}

func postMessage(w http.ResponseWriter, r *http.Request) {
	if _, ok := required(w, r, "text"); !ok {
		return
	}
	messages.Inc()
	slog.InfoContext(r.Context(), "Message posted")
	answer(w, http.StatusCreated, map[string]string{"messageId": rand.Text()})
}

func unknown(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusNotFound, fmt.Sprintf("No such route: %s %s", r.Method, r.URL.Path))
}

// required is a field of the request's JSON that must be text and not empty; without it the request is refused.
func required(w http.ResponseWriter, r *http.Request, field string) (string, bool) {
	var body map[string]any
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body); err != nil {
		refuse(w, r, http.StatusBadRequest, "Request error: the body is no JSON object")
		return "", false
	}
	if value, _ := body[field].(string); value != "" {
		return value, true
	}
	refuse(w, r, http.StatusBadRequest, fmt.Sprintf("Request error: %q is missing; expected text", field))
	return "", false
}

func refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	slog.Log(r.Context(), levelOf(status), message)
	answer(w, status, map[string]string{"error": message})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func levelOf(status int) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case status >= 400:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func logAnswer(r *http.Request, path string, status int, took time.Duration) {
	slog.Log(r.Context(), levelOf(status), fmt.Sprintf("%s %s %d", r.Method, path, status),
		"method", r.Method, "path", path, "status", status, "duration_ms", took.Milliseconds())
}
