import type { Resource } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/** A generated password; another text in `rotation` makes another one. */
export const generatedPassword = (parent: Resource, name: string, rotation: string): RandomPassword =>
  new RandomPassword(
    name,
    { length: 24, special: false, keepers: { rotation } },
    { parent, additionalSecretOutputs: ["result", "bcryptHash"] },
  );
