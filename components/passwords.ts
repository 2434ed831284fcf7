import type { Resource } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/** A generated key of 32 letters, to encrypt with: another one would make what was kept unreadable. */
export const generatedKey = (
  parent: Resource,
  name: string,
  options: { protect?: boolean } = {},
): RandomPassword => new RandomPassword(name, { length: 32, special: false }, { parent, ...options });

/** A generated password; another text in `rotation` makes another one. */
export const generatedPassword = (parent: Resource, name: string, rotation: string): RandomPassword =>
  new RandomPassword(name, { length: 24, special: false, keepers: { rotation } }, { parent });
