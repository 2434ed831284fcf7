import { get } from "./web";

/** Whether this machine reaches Docker Hub. 401 is how a registry greets; anything else comes from a proxy on the way. */
export async function registryAnswers(): Promise<boolean> {
  const answer = await get("https://registry-1.docker.io/v2/");
  if ("reason" in answer) return false;
  await answer.body.dump();
  return [200, 401].includes(answer.statusCode);
}
