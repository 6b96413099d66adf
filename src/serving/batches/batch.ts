import type { JsonObject } from "../../core/index.ts";
import { TRANSACTION_KINDS, type Transaction, type TransactionKind } from "../transactions/transaction.ts";

/** Transactions that are predicted in the background, and what of. */
export interface BatchRequest {
  readonly transactions: readonly Transaction[];
  readonly types: readonly TransactionKind[];
}

export const BATCH_STATES = ["queued", "running", "completed", "failed"] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** Where a batch stands. */
export interface BatchStatus {
  readonly id: string;
  readonly state: BatchState;
  readonly total: number;
  /** Transactions that are done. */
  readonly processed: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Why it failed; null otherwise. */
  readonly reason: string | null;
}

/** What was predicted of one transaction, by kind. */
export interface BatchResult {
  /** Position in the request, from 0. */
  readonly index: number;
  readonly predictions: Readonly<Partial<Record<TransactionKind, JsonObject>>>;
}

export const MAX_BATCH_TRANSACTIONS = 10_000;

/** A status as it is stored, checked: whoever can write there is not trusted. Undefined for anything else. */
export function statusFromJson(id: string, json: JsonObject): BatchStatus | undefined {
  const { state, total, processed, createdAt, reason } = json;
  const counted = isCount(total) && isCount(processed) && processed <= total;
  const dated = typeof createdAt === "string" && !Number.isNaN(Date.parse(createdAt));
  if (!counted || !dated || !(BATCH_STATES as readonly unknown[]).includes(state)) return undefined;
  return {
    id,
    state: state as BatchState,
    total,
    processed,
    createdAt,
    reason: typeof reason === "string" ? reason : null,
  };
}

/** A request as it is stored; its transactions are checked again by the models. */
export function requestFromJson({ transactions, types }: JsonObject): BatchRequest | undefined {
  if (!Array.isArray(transactions) || transactions.length > MAX_BATCH_TRANSACTIONS || !Array.isArray(types))
    return undefined;
  if (!transactions.every((one) => typeof one === "object" && one !== null && !Array.isArray(one))) return undefined;
  if (!types.every((type) => (TRANSACTION_KINDS as readonly unknown[]).includes(type))) return undefined;
  return { transactions: transactions as unknown as Transaction[], types: types as TransactionKind[] };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
