export { DAY_NUMBER, DAY_SEASONS, dayDeriver, firstDayOf, lastDayOf } from "./derive-days.ts";
