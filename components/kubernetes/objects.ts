import type * as pulumi from "@pulumi/pulumi";
import { namespaceOf, replicasOf, workloadsOf } from "../../programs/addresses";
import type { Program, Stack } from "../../programs/program";
import { objectLabels } from "./labels";

/** Where a program's objects belong. */
export interface Place {
  /** The component that is their parent. */
  parent: pulumi.ComponentResource;
  /** Its name, with which their names begin. */
  name: string;
  /** What must be there before any of them: the namespaces. */
  after: pulumi.Resource[];
}

/** One workload of a program: of all its pods, or of one replica that stands apart. */
export interface Part {
  index: number;
  /** The workload's. */
  name: string;
  pods: number;
  /** What tells its pods from those of the other parts. */
  labels: Record<string, string>;
}

export function partsOf(stack: Stack, program: Program): Part[] {
  const replicas = replicasOf(stack, program);
  if (!program.apart || replicas === 1) return [{ index: 0, name: program.name, pods: replicas, labels: {} }];
  return workloadsOf(stack, program).map((name, index) => ({
    ...{ index, name, pods: 1 },
    labels: { "observability-stack/replica": String(index) },
  }));
}

/** Last part of a name in Pulumi: that of the first is as if it were alone. */
export const numbered = (what: string, { index }: Part): string => (index === 0 ? what : `${what}-${index}`);

export const WAIT = { create: "10m", update: "10m", delete: "5m" };

/** What all objects of one program have in common: names, labels, parent. */
export class Objects {
  constructor(
    readonly stack: Stack,
    readonly program: Program,
    private readonly place: Place,
  ) {}

  /**
   * Makes one object. Without the limit Pulumi notes a stack trace for each of its properties, which nobody reads and which
   * takes as long as all else that is made; what fails is named by its message.
   */
  make<Args, Made>(
    Kind: new (name: string, args: Args, options: pulumi.CustomResourceOptions) => Made,
    what: string,
    args: NoInfer<Args>,
    options = this.options(),
  ): Made {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return new Kind(this.child(what), args, options);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** Name in Pulumi: `<component>-<program>-<what>`, or `<program>-<what>` where both have the same name. */
  private child(what: string): string {
    const { name } = this.program;
    return name === this.place.name ? `${name}-${what}` : `${this.place.name}-${name}-${what}`;
  }

  /** Without a name Pulumi makes one, with random letters at its end. */
  metadata(name?: string) {
    const { settings } = this.stack;
    return {
      ...(name ? { name } : {}),
      namespace: namespaceOf(settings, this.program),
      labels: objectLabels(settings, this.stack.name, this.program.name),
      annotations: settings.placement.annotations,
    };
  }

  options(more: pulumi.CustomResourceOptions = {}, after: pulumi.Resource[] = []) {
    return {
      parent: this.place.parent,
      customTimeouts: WAIT,
      ...more,
      dependsOn: [...this.place.after, ...after],
    };
  }
}
