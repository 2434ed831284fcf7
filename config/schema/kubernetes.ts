import { z } from "zod";
import { allowed, byteQuantity, text } from "./common";

/** Names, labels and the like, by the rules that the API server checks objects with. */

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const KEY =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
export const LABEL_VALUE = /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
const VALUE_WORDS = "letters, digits, -, _ and ., with a letter or digit at both ends, at most 63 of them";

export const kubernetesName = (what: string) =>
  text(
    LABEL,
    `${what}: lower-case letters, digits and -, a letter or digit at both ends, at most 63 of them`,
  );

/** Stands for every namespace. */
export const EVERY = "*";

export const namespaceOrEvery = () =>
  text(
    new RegExp(`^\\*$|${LABEL.source}`),
    '"*" for every namespace, or a namespace: lower-case letters, digits and -, a letter or digit at both ends, at most 63 of them',
  );

/** Of objects whose names may have dots: Secrets, storage classes, priority classes. */
export const objectName = (what: string) => {
  const words = `${what}: lower-case letters, digits, - and ., a letter or digit at both ends, at most 253 of them`;
  return text(SUBDOMAIN, words).max(253, allowed(words));
};

/** What becomes the value of a label, here and in every query. */
export const labelValue = () => text(LABEL_VALUE, VALUE_WORDS);

const key = (
  words = "a name of at most 63 letters, digits, -, _ and ., with a domain and / before it or without",
) => text(KEY, words).refine((name) => name.lastIndexOf("/") <= 253, allowed(words));

/** Values of labels may be empty. */
const value = () =>
  text(new RegExp(`${LABEL_VALUE.source}|^$`), `text in quotes where it is a number or true: ${VALUE_WORDS}`);

/** The stack finds its own objects by some, Kubernetes' controllers by others. */
const TAKEN_LABEL =
  /^(app|app\.kubernetes\.io\/(name|instance|part-of)|pod-template-hash|controller-revision-hash|controller-uid|job-name|((?!app\.)[^/]+\.)?(kubernetes|k8s)\.io\/.*)$/;

/** Prometheus reads the first, Pulumi's provider the second, Kubernetes' controllers the others. */
const TAKEN_ANNOTATION =
  /^(prometheus\.io\/path|pulumi\.com\/.*|((kubectl|deployment|pv|volume|volume\.beta)\.|[^/]*(seccomp|apparmor)[^/]*\.)kubernetes\.io\/.*)$/;

export const labels = () =>
  z.record(
    key().refine(
      (name) => !TAKEN_LABEL.test(name),
      allowed(
        "a label of your own; app, app.kubernetes.io/name, /instance and /part-of are the stack's, other kubernetes.io/ ones Kubernetes'",
      ),
    ),
    value(),
  );

/** Together they must stay below Kubernetes' 256 KiB, with room for those of Pulumi and kubectl. */
const ANNOTATIONS = 100_000;

export const annotations = () =>
  z
    .record(
      key().refine(
        (name) => !TAKEN_ANNOTATION.test(name),
        allowed("an annotation that neither Prometheus (prometheus.io/path), Pulumi nor a controller reads"),
      ),
      z.string({ error: allowed("text, in quotes where it is a number or true") }),
    )
    .refine(
      (all) => JSON.stringify(all).length <= ANNOTATIONS,
      `are too long; allowed: ${ANNOTATIONS} characters together`,
    );

export const nodeLabels = () => z.record(key(), value());

export const toleration = () =>
  z
    .strictObject({
      key: key().optional().describe("Key of the taint; none, with operator Exists: every taint."),
      operator: z
        .enum(["Exists", "Equal"])
        .optional()
        .describe("Equal compares the value, Exists does not; default Equal."),
      value: value().optional().describe("Value of the taint."),
      effect: z
        .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
        .optional()
        .describe("Effect of the taint; none: every effect."),
      tolerationSeconds: z
        .int({ error: allowed("whole seconds") })
        .optional()
        .describe("How long a pod stays on a node that gets the taint NoExecute."),
    })
    .superRefine(({ key, operator, value, effect, tolerationSeconds }, context) => {
      const refuse = (path: string, message: string) =>
        context.addIssue({ code: "custom", path: [path], message });
      if (!key && operator !== "Exists")
        refuse("operator", "must be Exists where key is missing; set one of them");
      if (operator === "Exists" && value)
        refuse("value", "must be missing where operator is Exists; remove it");
      if (tolerationSeconds !== undefined && effect !== "NoExecute")
        refuse(
          "effect",
          "must be NoExecute where tolerationSeconds is set; set it or remove tolerationSeconds",
        );
    });

/** A volume that outlives its pod. */
export const storage = (size: string) =>
  z
    .strictObject({
      size: byteQuantity()
        .default(size)
        .describe(
          `Size of the volume; default ${size}. Growing it edits the claim in place, where the storage class allows it.`,
        ),
      class: objectName("the name of a StorageClass, or null")
        .nullable()
        .default(null)
        .describe("StorageClass of the volume; default null: the cluster's own default class."),
    })
    .prefault({})
    .describe("The volume that keeps the data.");

/** Two of one value are one too many; the message names the second. */
export const once = <T extends z.ZodType>(item: T) =>
  z.array(item).superRefine((items, context) =>
    items.forEach((value, index) => {
      if (items.indexOf(value) < index)
        context.addIssue({
          code: "custom",
          path: [index],
          message: `${JSON.stringify(value)} is listed twice; allowed: each once. Remove one.`,
        });
    }),
  );
