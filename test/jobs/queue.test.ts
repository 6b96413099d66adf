import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { folderJobStore, memoryJobStore } from "../../src/jobs/index.ts";
import { simulatedDisk } from "../storage/simulated-disk.ts";
import { expectQueue } from "./queue-conformance.ts";

const root = mkdtempSync(join(tmpdir(), "kaayko-queue-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

expectQueue("memory", async () => memoryJobStore());
expectQueue("a folder", async () => folderJobStore(mkdtempSync(join(root, "jobs-"))));
expectQueue("a simulated disk", async () => folderJobStore("/jobs", { fs: simulatedDisk() }));
