/** Of the commands that meet a cluster; what each means is in cli.ts. */
export interface Options {
  stack: string;
  configFile?: string;
  context?: string;
  cluster: string;
  /** Of `up` and `down`, on a context: not asked first. */
  yes?: boolean;
  /** Of `up`. */
  recreate?: boolean;
  /** Of `up`: everything is built here, in a Docker of our own. */
  offline?: boolean;
  portOffset?: number;
}
