import { Pool } from "pg";
export const planted = Pool;
