export { MERCHANT, NUMBER_FEATURES, OWN_AMOUNT_FEATURES, TRANSACTION_FEATURES } from "./columns.ts";
export { transactionDeriver } from "./derive-transactions.ts";
export * from "./transaction-rows.ts";
