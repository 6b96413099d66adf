/** What clients send. */
export interface Transaction {
  /** ISO 8601. */
  readonly date: string;
  readonly type: "income" | "expense";
  readonly description: string;
  /** Absent where it is to be predicted. */
  readonly amount?: number;
  readonly payment_method?: string | null;
  readonly category?: string | null;
}

/** What can be predicted of one transaction; each kind is a model. */
export const TRANSACTION_KINDS = ["category", "amount", "anomaly"] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** Names under which the model of a kind is looked for, the first that there is. */
export function modelNamesOf(kind: TransactionKind | "cashflow"): readonly string[] {
  return [`transactions-${kind}`, kind];
}

/** The JSON Schema of a transaction. @param amountNeeded whether it must name its amount */
export function transactionSchema(amountNeeded: boolean): object {
  const text = (maxLength: number): object => ({ type: "string", maxLength });
  return {
    type: "object",
    required: ["date", "type", "description", ...(amountNeeded ? ["amount"] : [])],
    additionalProperties: false,
    properties: {
      date: {
        type: "string",
        description: "ISO 8601, with or without a time of day",
        anyOf: [{ format: "date" }, { format: "date-time" }],
      },
      type: { type: "string", enum: ["income", "expense"] },
      description: text(2000),
      amount: { type: "number", minimum: -1e12, maximum: 1e12 },
      payment_method: { type: ["string", "null"], maxLength: 200 },
      category: { type: ["string", "null"], maxLength: 200 },
    },
  };
}
