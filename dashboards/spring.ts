import { type Dashboard, NAMESPACE } from "./dashboard";
import { stat, timeSeries } from "./panels";

/** Spring Boot services: HTTP, JVM, and Resilience4j's circuit breakers and retries. */
export function springDashboard(): Dashboard {
  const of = 'namespace="$namespace", service=~"$service"';
  const legend = "{{service}} {{pod}}";
  const calls = `resilience4j_circuitbreaker_calls_seconds_count{${of}}`;
  const failed = `resilience4j_circuitbreaker_calls_seconds_count{${of}, kind="failed"}`;
  return {
    uid: "spring",
    folder: "services",
    title: "Spring and Resilience4j",
    description: "HTTP, JVM, circuit breakers and retries of Spring Boot services.",
    variables: [
      { ...NAMESPACE, query: "label_values(jvm_info, namespace)" },
      {
        name: "service",
        label: "Service",
        query: 'label_values(jvm_info{namespace="$namespace"}, service)',
        all: true,
      },
    ],
    rows: [
      {
        title: "HTTP",
        height: 8,
        panels: [
          timeSeries(
            "Requests by endpoint and status",
            "reqps",
            "Probes included. 5xx at one endpoint: its code or what it calls; at all of them: what they share.",
            [
              {
                expr: `sum by (service, uri, status) (rate(http_server_requests_seconds_count{${of}}[5m]))`,
                legend: "{{service}} {{uri}} {{status}}",
              },
            ],
          ),
          timeSeries(
            "Mean duration",
            "s",
            "Where a mean is not enough, the dashboard Service has quantiles.",
            [
              {
                expr: `sum by (service, uri) (rate(http_server_requests_seconds_sum{${of}}[5m])) / (sum by (service, uri) (rate(http_server_requests_seconds_count{${of}}[5m])) > 0)`,
                legend: "{{service}} {{uri}}",
              },
            ],
          ),
        ],
      },
      {
        title: "Resilience4j",
        height: 4,
        panels: [
          stat(
            "Calls refused, last 5 minutes",
            "short",
            "Calls that an open breaker did not let through. Above 0: what is behind it failed; look at its traces and its own dashboard.",
            `sum(increase(resilience4j_circuitbreaker_not_permitted_calls_total{${of}}[5m]))`,
            [1, 10],
          ),
          stat(
            "Failed calls",
            "percentunit",
            "Share of the calls through breakers. At half of the window's calls a breaker opens by the usual settings.",
            `sum(rate(${failed}[5m])) / (sum(rate(${calls}[5m])) > 0)`,
            [0.1, 0.5],
          ),
          stat(
            "Slow calls",
            "percentunit",
            "Of the breaker's window; -1 where there are too few calls. Slow ones open it as well.",
            `max(resilience4j_circuitbreaker_slow_call_rate{${of}}) / 100`,
            [0.3, 0.8],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries(
            "Calls through breakers, by kind",
            "reqps",
            "Counters see every opening; the state below may be over before a scrape.",
            [
              { expr: `sum by (name, kind) (rate(${calls}[5m]))`, legend: "{{name}} {{kind}}" },
              {
                expr: `sum by (name) (rate(resilience4j_circuitbreaker_not_permitted_calls_total{${of}}[5m]))`,
                legend: "{{name}} refused",
              },
            ],
          ),
          timeSeries(
            "State of the breakers",
            "short",
            "1 at the state of the scrape. open: what is behind the breaker fails or is slow; look at that service.",
            [
              {
                expr: `max by (name, state) (resilience4j_circuitbreaker_state{${of}, state=~"open|half_open|forced_open"})`,
                legend: "{{name}} {{state}}",
              },
            ],
          ),
          timeSeries(
            "Retries",
            "reqps",
            "successful_with_retry: it helped. failed_with_retry: it only made more load; look at what is called.",
            [
              {
                expr: `sum by (name, kind) (rate(resilience4j_retry_calls_total{${of}}[5m]))`,
                legend: "{{name}} {{kind}}",
              },
            ],
          ),
        ],
      },
      {
        title: "JVM",
        height: 8,
        panels: [
          timeSeries(
            "Heap",
            "bytes",
            "Used and the most there may be. Close together for long: raise -Xmx or find the leak.",
            [
              {
                expr: `sum by (service, pod) (jvm_memory_used_bytes{${of}, area="heap"})`,
                legend: `${legend} used`,
              },
              {
                expr: `sum by (service, pod) (jvm_memory_max_bytes{${of}, area="heap"} > 0)`,
                legend: `${legend} most`,
              },
            ],
          ),
          timeSeries(
            "Garbage collection",
            "percentunit",
            "Share of time that the program stands still. Above 0.1: see Heap; it is too small, or leaks.",
            [
              {
                expr: `sum by (service, pod) (rate(jvm_gc_pause_seconds_sum{${of}}[5m]))`,
                legend,
              },
            ],
          ),
          timeSeries("Threads", "short", "What only rises is a pool without a bound.", [
            { expr: `sum by (service, pod) (jvm_threads_live_threads{${of}})`, legend },
          ]),
          timeSeries(
            "Processor",
            "percentunit",
            "Share of those that the JVM sees. Close to 1 requests wait for it: add pods or raise the limit.",
            [{ expr: `max by (service, pod) (process_cpu_usage{${of}})`, legend }],
          ),
        ],
      },
    ],
  };
}
