/** One trouble, one message: the alert that says more holds back the other, where these labels are equal. */
export const inhibitions = [
  {
    // Labels that both lack would count as equal: a Redis that is down would hold back what a node's disk says.
    source_matchers: ['severity="critical"', 'pod!=""'],
    target_matchers: ['severity="warning"', 'pod!=""'],
    equal: ["namespace", "pod"],
  },
  {
    // A service that is down has no error rate or latency worth a second page; one that partly serves has.
    source_matchers: ['alertname="ServiceDown"', 'pods="all"'],
    target_matchers: ['alertname=~"HighErrorRate|ManyServerErrors|HighLatency"'],
    equal: ["namespace", "service"],
  },
  {
    // The same trouble, seen over a longer time.
    source_matchers: ['alertname=~"ServiceDown|HighErrorRate"', 'pods!="some"'],
    target_matchers: ['alertname="SLOErrorBudgetBurn"', 'slo="availability"'],
    equal: ["namespace", "service"],
  },
  {
    source_matchers: ['alertname=~"ServiceDown|HighLatency"', 'pods!="some"'],
    target_matchers: ['alertname="SLOErrorBudgetBurn"', 'slo="latency"'],
    equal: ["namespace", "service"],
  },
  {
    source_matchers: ['alertname="SLOErrorBudgetBurn"', 'severity="critical"'],
    target_matchers: ['alertname="SLOErrorBudgetBurn"', 'severity="warning"'],
    equal: ["namespace", "service", "slo"],
  },
  {
    // The reason why pods are missing says more.
    source_matchers: ['alertname=~"PodCrashLooping|PendingPods"'],
    target_matchers: ['alertname="ReplicasMissing"'],
    equal: ["namespace", "workload"],
  },
  {
    // The page about a program of the stack, or the one that says why it is down.
    source_matchers: ['alertname="PodCrashLooping"'],
    target_matchers: ['alertname="StackProgramDown"'],
    equal: ["namespace", "workload"],
  },
  {
    source_matchers: ['alertname="StackProgramDown"'],
    target_matchers: ['alertname=~"PendingPods|ReplicasMissing"'],
    equal: ["namespace", "workload"],
  },
  {
    // What runs on each node is away with it.
    source_matchers: ['alertname="NodeNotReady"'],
    target_matchers: ['alertname="StackTargetDown"', 'node!=""'],
    equal: ["node"],
  },
  {
    // A full queue is why spans are refused.
    source_matchers: ['alertname="SpanQueueFilling"'],
    target_matchers: ['alertname="SpansLost"'],
    equal: ["env", "region"],
  },
  {
    source_matchers: ['alertname="DiskPressure"'],
    target_matchers: ['alertname="VolumeFilling"'],
    equal: ["namespace", "persistentvolumeclaim"],
  },
  {
    source_matchers: ['alertname="HighErrorRate"'],
    target_matchers: ['alertname="ManyServerErrors"'],
    equal: ["namespace", "service"],
  },
  {
    source_matchers: ['alertname="DiskFull"'],
    target_matchers: ['alertname="DiskPressure"'],
    equal: ["node", "instance", "device", "namespace", "persistentvolumeclaim"],
  },
  {
    source_matchers: ['alertname="ServiceDown"', 'pods="all"'],
    target_matchers: ['alertname="ServiceDown"', 'pods="some"'],
    equal: ["namespace", "service"],
  },
];
