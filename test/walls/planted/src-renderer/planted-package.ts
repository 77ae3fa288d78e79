import { Input } from "mediabunny";
export const planted = Input;
