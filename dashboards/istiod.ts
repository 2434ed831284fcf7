import type { Dashboard } from "./dashboard";
import { timeSeries } from "./panels";

/** What hands out the mesh's configuration, and whether it arrives. */
export const istiod: Dashboard["rows"][number] = {
  title: "Proxies and istiod",
  height: 8,
  panels: [
    timeSeries(
      "Proxies",
      "short",
      "Connected to istiod, and those that Prometheus reaches. Fewer of the latter: its page Targets says why.",
      [
        { expr: "sum(pilot_xds)", legend: "connected" },
        { expr: 'sum(up{job="istio-proxy"})', legend: "scraped" },
      ],
    ),
    timeSeries(
      "Configuration sent",
      "short",
      "Pushes a second. Many for long: pods come and go, or Services change all the time; Kubernetes workloads says where.",
      [{ expr: 'sum by (type) (rate(pilot_xds_pushes{type!~".+err"}[5m]))', legend: "{{type}}" }],
    ),
    timeSeries(
      "Configuration refused",
      "short",
      "By proxies, or never sent, a second. Above 0: `istioctl proxy-status` says by which, `istioctl analyze` why.",
      [
        { expr: "sum by (type) (rate(pilot_total_xds_rejects[5m]))", legend: "{{type}}" },
        {
          expr: 'sum by (type) (rate(pilot_xds_pushes{type=~".+err"}[5m]))',
          legend: "{{type}}",
        },
      ],
    ),
    timeSeries(
      "Until proxies have it",
      "s",
      "From a change to the last proxy that it is for. Above some seconds: istiod lacks processor.",
      [
        {
          expr: "histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m])))",
          legend: "p99",
        },
      ],
    ),
  ],
};
