import { type Dashboard, NAMESPACE } from "./dashboard";
import { stat, timeSeries } from "./panels";

/** The runtime of Node.js services, as prom-client measures it. */
export function nodejsDashboard(): Dashboard {
  const of = 'namespace="$namespace", service=~"$service"';
  const legend = "{{service}} {{pod}}";
  return {
    uid: "nodejs",
    folder: "services",
    title: "Node.js",
    description: "Processor, heap, event loop and garbage collection of Node.js services.",
    variables: [
      { ...NAMESPACE, query: "label_values(nodejs_version_info, namespace)" },
      {
        name: "service",
        label: "Service",
        query: 'label_values(nodejs_version_info{namespace="$namespace"}, service)',
        all: true,
      },
    ],
    rows: [
      {
        height: 4,
        panels: [
          stat(
            "Processes",
            "short",
            "Node.js processes that are scraped. Fewer than there are pods: Service, Pods that answer, says of whom.",
            `count(nodejs_version_info{${of}})`,
          ),
          stat(
            "Event loop, slowest p99",
            "s",
            "How late the slowest process is with its turns. Above 0.1 s: something computes or parses for long; find it in its traces.",
            `max(nodejs_eventloop_lag_p99_seconds{${of}})`,
            [0.1, 0.5],
          ),
          stat(
            "Heap of the largest",
            "bytes",
            "Used heap of the largest process. Compare with its memory limit on the dashboard Service.",
            `max(nodejs_heap_size_used_bytes{${of}})`,
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries(
            "Processor",
            "short",
            "Processors used. JavaScript runs on one: at 1 it is full, and more pods help.",
            [
              {
                expr: `rate(process_cpu_seconds_total{${of}}[5m]) and on (namespace, pod) nodejs_version_info`,
                legend,
              },
            ],
          ),
          timeSeries(
            "Event-loop lag, p99",
            "s",
            "At such a moment every request waits at least this long: find in their traces what computes.",
            [{ expr: `nodejs_eventloop_lag_p99_seconds{${of}}`, legend }],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries("Heap used", "bytes", "A floor that rises from collection to collection is a leak.", [
            { expr: `nodejs_heap_size_used_bytes{${of}}`, legend },
          ]),
          timeSeries(
            "Memory of the process",
            "bytes",
            "It rises and the heap does not: buffers or a native module leak. Close to the limit: the pod is killed.",
            [{ expr: `process_resident_memory_bytes{${of}}`, legend }],
          ),
          timeSeries(
            "Garbage collection",
            "percentunit",
            "Share of time. Above 0.1 the heap is too small or too much is allocated.",
            [
              {
                expr: `sum by (service, pod, kind) (rate(nodejs_gc_duration_seconds_sum{${of}}[5m]))`,
                legend: `${legend} {{kind}}`,
              },
            ],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries("Handles and requests that are open", "short", "What only rises is not closed.", [
            { expr: `nodejs_active_handles_total{${of}}`, legend: `${legend} handles` },
            { expr: `nodejs_active_requests_total{${of}}`, legend: `${legend} requests` },
          ]),
        ],
      },
    ],
  };
}
