import { randomStream } from "../../core/index.ts";

/** Passes over rows in memory: those of training in another order every epoch, all of them by the seed. */
export interface RowPasses {
  /** Batches of a pass. */
  readonly batches: { readonly train: number; readonly validation: number };
  trainingRows(epoch: number, batch: number): Uint32Array;
  validationRows(batch: number): Uint32Array;
}

export interface RowPassesRequest {
  readonly seed: number;
  /** Of the algorithm. */
  readonly name: string;
  readonly trainRows: Uint32Array;
  readonly validationRows: Uint32Array;
  readonly batchSize: number;
  /** Rows of a validation batch. Default those of the others. */
  readonly validationSize?: number;
}

export function rowPasses(request: RowPassesRequest): RowPasses {
  const { seed, name, trainRows, validationRows, batchSize, validationSize = batchSize } = request;
  let shuffled: { readonly epoch: number; readonly order: Uint32Array } | null = null;
  return {
    batches: {
      train: Math.ceil(trainRows.length / batchSize),
      validation: Math.ceil(validationRows.length / validationSize),
    },
    trainingRows(epoch, batch) {
      if (shuffled?.epoch !== epoch)
        shuffled = { epoch, order: randomStream(seed, name, "shuffle", epoch).shuffle(trainRows.slice()) };
      return shuffled.order.subarray(batch * batchSize, (batch + 1) * batchSize);
    },
    validationRows: (batch) => validationRows.subarray(batch * validationSize, (batch + 1) * validationSize),
  };
}
