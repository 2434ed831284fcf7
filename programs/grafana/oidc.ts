import type { Settings } from "../../config/schema";
import type { Call, Secrets } from "../program";
import { OIDC_CA } from "./authorities";

type Oidc = NonNullable<Settings["grafana"]["oidc"]>;

/** Grafana's number for the organisation that is there from the start. */
const MAIN = "1";

/** The highest first: who is in several groups has that one. */
const ROLES = ["Admin", "Editor", "Viewer"] as const;

/**
 * A text as JSON, which JMESPath reads too. What ends a literal there, and what Kubernetes and Grafana expand before
 * ($(...), ${...}, %(...)s), is written as a number.
 */
const quoted = (name: string): string =>
  JSON.stringify(name).replace(
    /[`$%]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/**
 * JMESPath: the highest role of the groups in the claim. It compares whole names, and is nothing where the claim is
 * missing or no list: contains() would find `dev` in the text `no-dev`.
 */
const rolePath = ({ groupsClaim, roles }: Oidc): string =>
  ROLES.flatMap((role) =>
    roles
      .filter((one) => one.role === role)
      .map(({ group }) => `${quoted(groupsClaim)}[?@ == \`${quoted(group)}\`] && '${role}'`),
  ).join(" || ");

/**
 * Where any organisation is named, all roles are given this way: a role that Grafana found by the path beside it would
 * count in each of them.
 */
const inOrganisations = ({ groupsClaim, roles }: Oidc): Record<string, string> => ({
  GF_AUTH_GENERIC_OAUTH_ORG_ATTRIBUTE_PATH: quoted(groupsClaim),
  GF_AUTH_GENERIC_OAUTH_ORG_MAPPING: `[${roles
    .map(({ group, role, organisation = MAIN }) => quoted(`${group}:${organisation}:${role}`))
    .join(",")}]`,
});

/** What Grafana is told of single sign-on, save the client's secret. */
export function oidcEnvironment({ grafana: { oidc } }: Settings): Record<string, string> {
  if (!oidc) return {};
  return {
    GF_AUTH_GENERIC_OAUTH_ENABLED: "true",
    GF_AUTH_GENERIC_OAUTH_NAME: oidc.name,
    GF_AUTH_GENERIC_OAUTH_AUTH_URL: oidc.authUrl,
    GF_AUTH_GENERIC_OAUTH_TOKEN_URL: oidc.tokenUrl,
    GF_AUTH_GENERIC_OAUTH_API_URL: oidc.apiUrl,
    GF_AUTH_GENERIC_OAUTH_CLIENT_ID: oidc.clientId,
    GF_AUTH_GENERIC_OAUTH_SCOPES: oidc.scopes.join(" "),
    GF_AUTH_GENERIC_OAUTH_USE_PKCE: "true",
    ...(oidc.ca ? { GF_AUTH_GENERIC_OAUTH_TLS_CLIENT_CA: OIDC_CA } : {}),
    // Users are made at their first login, by the provider's word. GF_USERS_ALLOW_SIGN_UP is about those without one.
    GF_AUTH_GENERIC_OAUTH_ALLOW_SIGN_UP: "true",
    GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: "true",
    ...(oidc.roles.some(({ organisation }) => organisation !== undefined)
      ? inOrganisations(oidc)
      : { GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH: rolePath(oidc) }),
    // A role is read at each login: who lost it at the provider is out within a day. Grafana's own default is 30.
    GF_AUTH_LOGIN_MAXIMUM_LIFETIME_DURATION: "1d",
  };
}

/** Grafana asks for tokens and for the user. The page where users log in is asked by their browsers. */
export function oidcCalls({ grafana: { oidc } }: Settings): Call[] {
  if (!oidc) return [];
  const asked = [oidc.tokenUrl, oidc.apiUrl].map((url) => new URL(url));
  const ports = asked.map(({ port }) => Number(port || 443));
  return [
    {
      to: "elsewhere",
      hosts: asked.map(({ hostname }) => hostname),
      ports: [...new Set(ports)],
      why: "the provider of single sign-on",
    },
  ];
}

export const oidcSecrets = ({ grafana: { oidc } }: Settings): Secrets[] =>
  oidc
    ? [
        {
          name: "oidc",
          values: { secret: oidc.clientSecret },
          env: { GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: "secret" },
        },
      ]
    : [];
