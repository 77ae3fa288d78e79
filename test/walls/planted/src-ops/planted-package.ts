import keytar from "keytar";
export const planted = keytar;
