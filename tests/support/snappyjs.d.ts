declare module "snappyjs" {
  export function uncompress(data: Uint8Array): Uint8Array;
}
