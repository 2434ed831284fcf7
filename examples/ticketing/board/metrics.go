package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The library's own registry brings go_* and process_* along.
var (
	requests = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total",
		Help: "Requests of users; probes and scrapes are not counted.",
	}, []string{"method", "path", "status"})

	duration = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "http_request_duration_seconds",
		Help:    "Time from a request's arrival to its answer.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10},
	}, []string{"method", "path"})

	boards = promauto.NewCounter(prometheus.CounterOpts{
		Name: "board_service_boards_total",
		Help: "Boards that were created.",
	})

	messages = promauto.NewCounter(prometheus.CounterOpts{
		Name: "chat_service_messages_total",
		Help: "Messages that were posted to the chat.",
	})
)

// measured counts a request and logs it. path is the route, never what a user typed: anyone could add series at will.
func measured(path string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &recorder{ResponseWriter: w, status: http.StatusOK}
		began := time.Now()
		next.ServeHTTP(answer, r)
		took := time.Since(began)

		status := strconv.Itoa(answer.status)
		requests.WithLabelValues(r.Method, path, status).Inc()
		duration.WithLabelValues(r.Method, path).Observe(took.Seconds())
		logAnswer(r, path, answer.status, took)
	})
}

// recorder remembers the status that a handler answered with.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
