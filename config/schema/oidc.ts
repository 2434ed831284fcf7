import { z } from "zod";
import { allowed, authorities, httpUrl, type Refuse, repeated, secret, text } from "./common";
import { once } from "./kubernetes";

/** Grafana expands ${...} and %(...)s in whatever it is told. */
const plain = (words: string) =>
  text(/^[^\s$%\p{Cc}]([^$%\p{Cc}]*[^\s$%\p{Cc}])?$/u, `${words}, without $ and %`);

/** Codes and the client's secret go there. */
const endpoint = (name: string, what: string) => {
  const words = "an https:// URL";
  return httpUrl(words)
    .regex(/^https:/, { error: allowed(words), abort: true })
    .describe(`${what}: ${name} of the provider's /.well-known/openid-configuration; https:// only.`);
};

const name = (words: string) => text(/^[^\s\p{Cc}]([^\p{Cc}]{0,253}[^\s\p{Cc}])?$/u, words);

const role = z.strictObject({
  group: name("the name of a group, as the provider spells it").describe(
    "Group, as the provider spells it in its claim.",
  ),
  role: z
    .enum(["Admin", "Editor", "Viewer"])
    .describe("Role of its members. Who is in several groups has the highest."),
  organisation: text(
    /^[\p{L}\p{N}]([\p{L}\p{N} ._-]{0,98}[\p{L}\p{N}])?$/u,
    'the name of an organisation of Grafana, or its number in quotes such as "2": letters, digits, spaces, ., _ and -',
  )
    .optional()
    .describe(
      "Organisation of Grafana in which they have the role; default: the main one, number 1. Grafana 11.2 or later; an older one lets nobody in then.",
    ),
});

const roles = z
  .array(role, { error: allowed("a list of groups, each with a role") })
  .min(1, allowed("one group or more, each with a role: who has no role is not let in"))
  .superRefine((all, context) => {
    const refuse = (index: number, message: string) =>
      context.addIssue({ code: "custom", path: [index, "group"], message });
    repeated(all.map(({ group, organisation = "1" }) => JSON.stringify([group, organisation]))).forEach(
      ({ index }) =>
        refuse(
          index,
          `${all[index].group} has a role already; allowed: each group once in an organisation. Remove one.`,
        ),
    );
    if (all.some(({ organisation }) => organisation !== undefined))
      all.forEach(({ group }, index) => {
        if (/^\*$|[:\\]/.test(group))
          refuse(
            index,
            `${group} cannot be given an organisation; allowed: beside organisations groups without : and \\, and not * alone`,
          );
      });
  })
  .describe("Which group has which role. Whoever is in none of them is not let in.");

/** Login by a provider of OpenID Connect. */
export const oidc = z
  .strictObject({
    name: plain("the text of the button")
      .default("Single sign-on")
      .describe("Text of the button, after `Sign in with`; default Single sign-on."),
    authUrl: endpoint("authorization_endpoint", "Where browsers are sent"),
    tokenUrl: endpoint("token_endpoint", "Where Grafana gets tokens"),
    apiUrl: endpoint("userinfo_endpoint", "Where Grafana asks who it is"),
    clientId: plain("the client's id").describe("Id that Grafana has as a client of the provider."),
    clientSecret: secret(plain("the client's secret")).describe("The client's secret. Set it with --secret."),
    ca: authorities().describe(
      "Who signed the provider's certificate, in PEM, for Grafana's own questions; default null: somebody whom Grafana's image trusts.",
    ),
    scopes: once(text(/^[\w:./-]+$/, "a scope"))
      .refine((scopes) => scopes.includes("openid"), allowed("scopes with openid among them"))
      .default(["openid", "profile", "email"])
      .describe(
        "Scopes that are asked for; default openid, profile and email. Some providers want groups besides.",
      ),
    groupsClaim: name("the name of a claim")
      // It is one name to Grafana: within another claim nobody would be found, and so nobody let in.
      .refine(
        (claim) => /[:/]/.test(claim) || !claim.includes("."),
        allowed(
          "a claim at the top, without dots unless it is a URL; for what lies within another claim, such as Keycloak's realm_access.roles, have a mapper of the provider put it at the top, and say that name",
        ),
      )
      .default("groups")
      .describe(
        "Claim at the top of the ID token or of userinfo that lists the groups; default groups. Not one within another, such as realm_access.roles.",
      ),
    roles,
  })
  .nullable()
  .default(null)
  .describe(
    "Single sign-on by a provider of OpenID Connect, beside the generated administrator; default null: none. It needs the edge: the provider sends users back to edge.url.",
  );

/** Browsers take a code from the provider back to the address that they know Grafana by. */
export function checkOidc(
  { grafana, edge }: { grafana: { oidc: object | null }; edge: { enabled: boolean; url: string } },
  refuse: Refuse,
): void {
  if (!grafana.oidc) return;
  if (!edge.enabled)
    refuse(
      ["grafana", "oidc"],
      "has no address that the provider could send users back to; allowed: beside edge.enabled: true, with edge.url. Set both, or remove grafana.oidc.",
    );
  else if (!/^https:|^http:\/\/(localhost|127\.0\.0\.1)(:|$)/.test(edge.url))
    refuse(
      ["edge", "url"],
      `${edge.url} is where the provider sends users and their codes back to; allowed: https://, or localhost, beside grafana.oidc`,
    );
}
