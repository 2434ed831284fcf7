import { isNodeRole, type NodeRole, nodeRoles } from "./services";

function read(): NodeRole {
  const value = process.env.ROLE ?? "";
  if (!isNodeRole(value)) {
    console.error(`ROLE is "${value}"; allowed: ${nodeRoles.join(", ")}. Set the environment variable ROLE.`);
    process.exit(1);
  }
  return value;
}

/** Which service this process is. */
export const role = read();
