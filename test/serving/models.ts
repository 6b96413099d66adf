import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type KaaykoServer, type ServerOptions, train } from "../../src/index.ts";

export const HOUSE = { area: 80, city: "Oslo", built: "1999-05-01" };

/** Prices that grow with the area. A larger `level` makes another model. */
export async function trainHouses(modelsDir: string, name = "houses", level = 1): Promise<void> {
  const rows = Array.from({ length: 240 }, (_, i) => ({
    area: 20 + (i % 60),
    city: i % 3 ? "Oslo" : "Lyon",
    built: new Date(Date.UTC(1950 + (i % 70), i % 12, 1)),
    price: level * (1000 * (20 + (i % 60)) + (i % 3 ? 500 : 0)),
  }));
  const settings = { algorithms: ["xgboost"], rounds: 15, threads: 1 };
  await train({ data: rows, target: "price", name, modelsDir, checkpointsDir: null, ...settings });
}

/** Two classes. */
export async function trainSold(modelsDir: string): Promise<void> {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    area: i % 50,
    city: i % 2 ? "Oslo" : "Lyon",
    sold: i % 50 > 25,
  }));
  const settings = { algorithms: ["xgboost"], rounds: 10, threads: 1 };
  await train({ data: rows, target: "sold", name: "sold", modelsDir, checkpointsDir: null, ...settings });
}

export interface Served {
  readonly folder: string;
  readonly modelsDir: string;
  /** Lines of the log. */
  readonly log: string[];
  start(options?: Partial<ServerOptions>): Promise<KaaykoServer>;
  close(): Promise<void>;
}

/** A folder for models, and servers that end with it. */
export async function servedFolder(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "kaayko-serve-"));
  const modelsDir = join(folder, "models");
  const servers: KaaykoServer[] = [];
  const log: string[] = [];
  return {
    folder,
    modelsDir,
    log,
    async start(options = {}) {
      const logStream = { write: (line: string) => void log.push(line) };
      const server = await createServer({ modelsDir, threads: 1, drainDelayMs: 0, logStream, ...options });
      servers.push(server);
      await server.verify();
      return server;
    },
    async close() {
      await Promise.all(servers.map((server) => server.drain()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
