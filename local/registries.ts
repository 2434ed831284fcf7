import { get } from "./web";

export const DOCKER_HUB = "docker.io";

/** Whether this machine reaches the registry. 401 is how one greets; anything else comes from a proxy on the way. */
export async function registryAnswers(host: string): Promise<boolean> {
  const answer = await get(`https://${host === DOCKER_HUB ? "registry-1.docker.io" : host}/v2/`);
  if ("reason" in answer) return false;
  await answer.body.dump();
  return [200, 401].includes(answer.statusCode);
}
