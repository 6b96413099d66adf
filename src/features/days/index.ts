export { DAY_NUMBER, DAY_SEASONS, dayDeriver, lastDayOf } from "./derive-days.ts";
