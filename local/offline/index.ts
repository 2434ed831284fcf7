/** What takes the place of downloads, registries and Docker on a machine where they are not in reach. */
export { announceBuilds, buildAll } from "./builds";
export { built, dropBuildCaches, type ProgramName, programOf } from "./build";
export { hasOwnDocker, ownDockerMissing, provideOwnDocker, removeOwnDocker } from "./docker";
export { archiveOf } from "./images/archive";
export { obtain } from "./obtain";
export { type BuiltName, recipes } from "./images/recipes";
