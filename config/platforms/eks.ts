/** EKS: nothing on the nodes' ports, volumes by the EBS driver, and what holds data cannot be deleted by accident. */
export const eks = {
  protect: true,
  metrics: { storage: { class: "gp3" } },
  alerting: { storage: { class: "gp3" } },
  logs: {
    storage: { class: "gp3" },
    elasticsearch: { storage: { class: "gp3" }, logstash: { storage: { class: "gp3" } } },
  },
  tracing: { storage: { class: "gp3" }, collector: { storage: { class: "gp3" } } },
  grafana: { storage: { class: "gp3" } },
};
