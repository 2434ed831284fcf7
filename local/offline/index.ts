/** What takes the place of Docker and of kind's image where neither is in reach. */
export { hasOwnDocker, ownDockerMissing, provideOwnDocker, removeOwnDocker } from "./docker";
