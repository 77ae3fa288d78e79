export type Planted = import("electron").App;
