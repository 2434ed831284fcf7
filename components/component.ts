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
}

/** The base of the four: deploys those of its programs that the settings ask for, each object its child. */
export abstract class Component extends pulumi.ComponentResource {
  protected readonly stack: Stack;
  protected readonly after: pulumi.Resource[];

  constructor(
    type: string,
    private readonly name: string,
    { settings, after }: ComponentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`observability:index:${type}`, name, {}, opts);
    this.stack = stackOf(settings, pulumi.getStack());
    this.after = after;
  }

  /** Runs the component's programs, in the order of `programs/index.ts` save where one waits for another. */
  protected run(component: Program["component"], generated: Generated = {}): void {
    const running = new Map<string, Running>();
    const place = { parent: this, name: this.name, after: this.after };
    const mine = this.stack.programs.filter((program) => program.component === component);
    for (const program of mine)
      running.set(program.name, run(this.stack, program, place, running, generated));
  }
}
