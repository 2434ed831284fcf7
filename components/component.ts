import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/schema";
import { stackOf } from "../programs";
import type { Program, Stack } from "../programs/program";
import { type Generated, run, type Running } from "./kubernetes/run";

/** What every component is given. */
export interface ComponentArgs {
  /** The stack's settings, complete (config/schema.ts). */
  settings: Settings;
  /** What must be there before any object of the component: the namespaces. */
  after: pulumi.Resource[];
  /** What must be ready before any workload of the component: {@link Component.first} of the one that is made first. */
  first?: pulumi.Resource[];
  /** Programs that were made before, of any component, for those that wait for them: one map for all components. */
  running?: Map<string, Running>;
}

/** The base of the four: deploys those of its programs that the settings ask for, each object its child. */
export abstract class Component extends pulumi.ComponentResource {
  /** Workloads that all others wait for: they can surge, and so show a wrong mirror or placement without harm. */
  readonly first: pulumi.Resource[];
  protected readonly stack: Stack;
  protected readonly after: pulumi.Resource[];
  private readonly running: Map<string, Running>;

  constructor(
    type: string,
    private readonly component: Program["component"],
    private readonly name: string,
    { settings, after, first = [], running = new Map() }: ComponentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`observability:index:${type}`, name, {}, opts);
    this.stack = stackOf(settings, pulumi.getStack());
    this.after = after;
    this.first = [...first];
    this.running = running;
  }

  /** Runs the component's programs, in the order of `programs/index.ts` save that those marked `first` go first. */
  protected run(generated: Generated = {}): void {
    const mine = this.stack.programs.filter(({ component }) => component === this.component);
    const place = { parent: this, name: this.name, after: this.after };
    const made = (program: Program): pulumi.Resource => {
      const one = run(this.stack, program, { place, running: this.running, after: this.first, generated });
      this.running.set(program.name, one);
      return one.workload;
    };
    this.first.push(...mine.filter(({ first }) => first).map(made));
    mine.filter(({ first }) => !first).forEach(made);
  }
}
