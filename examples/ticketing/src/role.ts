import { isRole, type Role, roles } from "./services";

function read(): Role {
  const value = process.env.ROLE ?? "";
  if (!isRole(value)) {
    console.error(`ROLE is "${value}"; allowed: ${roles.join(", ")}. Set the environment variable ROLE.`);
    process.exit(1);
  }
  return value;
}

/** Which service this process is. */
export const role = read();
