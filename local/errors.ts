/**
 * An error whose message is meant for the user: which key or command, what was wrong, what is allowed, what to
 * do next. The command line prints it without a stack trace and exits with 1; anything else is a bug of ours.
 */
export class UserError extends Error {
  override name = "UserError";
}
