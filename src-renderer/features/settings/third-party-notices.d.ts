declare module "virtual:third-party-notices" {
  export const notices: readonly {
    readonly name: string;
    readonly version: string;
    readonly license: string;
    readonly text: string;
  }[];
}
