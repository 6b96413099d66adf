import { describe, expect, it } from "vitest";
import { createQueue, type Job, type JobQueue, type JobStore } from "../../src/jobs/index.ts";
import { ownProcess } from "../../src/storage/index.ts";
import { aClock, aJob, aWorker } from "./scenario.ts";

const HALF_HOUR = 30 * 60_000;

/** What every queue must do, whatever it is kept in. */
export function expectQueue(name: string, openStore: () => Promise<JobStore>): void {
  const open = async (): Promise<{ queue: JobQueue; clock: ReturnType<typeof aClock>; store: JobStore }> => {
    const clock = aClock();
    const store = await openStore();
    return { queue: createQueue(store, clock.now), clock, store };
  };
  const running = async (queue: JobQueue, changes = {}): Promise<Job> => {
    await queue.enqueue(aJob(changes));
    return (await queue.claim(aWorker()))!;
  };
  const states = async (queue: JobQueue): Promise<string[]> =>
    (await queue.list()).jobs.map(({ job }) => `${job.id} ${job.state}`);

  describe(`the queue in ${name}`, () => {
    it("gives numbers in order, also to twenty at once", async () => {
      const { queue } = await open();
      const jobs = await Promise.all(Array.from({ length: 20 }, () => queue.enqueue(aJob())));
      expect(jobs.map((job) => job.id).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      expect((await queue.list()).jobs.map(({ position }) => position)).toEqual(
        Array.from({ length: 20 }, (_, n) => n + 1),
      );
    });

    it("starts high before normal before low, first come first served inside one", async () => {
      const { queue } = await open();
      for (const priority of ["low", "normal", "high", "normal", "high"] as const)
        await queue.enqueue(aJob({ priority }));
      const order: number[] = [];
      for (let count = 0; count < 5; count++) {
        const job = (await queue.claim(aWorker()))!;
        order.push(job.id);
        await queue.complete(job, null);
      }
      expect(order).toEqual([3, 5, 2, 4, 1]);
      expect(await queue.claim(aWorker())).toBeUndefined();
    });

    it("lets a job that waited long go before younger ones of a higher priority", async () => {
      const { queue, clock } = await open();
      await queue.enqueue(aJob({ priority: "low" }));
      clock.pass(HALF_HOUR * 2);
      await queue.enqueue(aJob({ priority: "high" }));
      expect((await queue.claim(aWorker()))?.id).toBe(1);
    });

    it("hands out no more threads and memory than there are, and lets nothing small overtake", async () => {
      const { queue } = await open();
      await queue.enqueue(aJob());
      await queue.enqueue(aJob({ needs: { threads: 64, memoryBytes: 2 ** 50 } }));
      await queue.enqueue(aJob());
      const small = (await queue.claim(aWorker()))!;
      expect(await queue.claim(aWorker())).toBeUndefined();
      await queue.complete(small, null);
      expect((await queue.claim(aWorker()))?.id).toBe(2);
      expect(await queue.claim(aWorker())).toBeUndefined();
    });

    it("gives a job to one of many that claim it at once", async () => {
      const { queue } = await open();
      await queue.enqueue(aJob());
      const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => queue.claim(aWorker({ worker: `w${n}` }))));
      expect(claims.filter((job) => job !== undefined)).toHaveLength(1);
    });

    it("asks a running low job to make room for a high one, and goes on with it later", async () => {
      const { queue } = await open();
      const low = await running(queue, { priority: "low", needs: { threads: 2, memoryBytes: 1 } });
      await queue.enqueue(aJob({ priority: "normal" }));
      expect(await queue.claim(aWorker())).toBeUndefined();
      expect((await queue.get(low.id)).stop).toBeNull();
      await queue.enqueue(aJob({ priority: "high" }));
      expect(await queue.claim(aWorker())).toBeUndefined();
      const asked = await queue.heartbeat(low, { progress: null });
      expect(asked.stop).toBe("preempt");
      expect((await queue.fail(asked, { kind: "stopped" }))?.state).toBe("queued");
      expect((await queue.claim(aWorker()))?.id).toBe(3);
    });

    it("keeps one result: who comes second changes nothing", async () => {
      const { queue } = await open();
      const job = await running(queue);
      expect((await queue.complete(job, { rmse: 0.5 }))?.state).toBe("completed");
      expect(await queue.complete(job, { rmse: 0.7 })).toBeUndefined();
      expect(await queue.fail(job, { kind: "died", reason: "killed" })).toBeUndefined();
      expect((await queue.get(job.id)).result).toEqual({ rmse: 0.5 });
    });

    it("shows how far a running job is", async () => {
      const { queue } = await open();
      const job = (await queue.started(await running(queue), ownProcess()))!;
      const progress = { stage: "train", subject: "xgboost", step: 3, total: 9, secondsLeft: 12 };
      await queue.heartbeat(job, { progress });
      expect((await queue.list()).jobs[0]).toMatchObject({ progress, position: null });
    });

    it("fails a job with its exit code, or tries again as often as it says, each time later", async () => {
      const { queue, clock } = await open();
      const once = await running(queue);
      const reason = "no such column";
      expect(await queue.fail(once, { kind: "failed", exitCode: 1, reason })).toMatchObject({
        state: "failed",
        exitCode: 1,
        reason,
      });
      let job: Job | undefined = await running(queue, { retries: 1 });
      expect(await queue.fail(job, { kind: "failed", exitCode: 1, reason })).toMatchObject({ state: "queued" });
      expect(await queue.claim(aWorker())).toBeUndefined();
      clock.pass(1000);
      job = (await queue.claim(aWorker()))!;
      expect(await queue.fail(job, { kind: "failed", exitCode: 1, reason })).toMatchObject({ state: "failed" });
      const wrong = await running(queue, { retries: 5 });
      expect(await queue.fail(wrong, { kind: "failed", exitCode: 2, reason })).toMatchObject({ state: "failed" });
    });

    it("sets a job aside that dies again and again, with the reason; resume gives it another chance", async () => {
      const { queue, clock } = await open();
      let job = await running(queue, { maxDeaths: 2 });
      for (let death = 1; death <= 3; death++) {
        job = (await queue.fail(job, { kind: "died", reason: "killed by SIGKILL" }))!;
        clock.pass(HALF_HOUR / 6);
        if (death < 3) job = (await queue.claim(aWorker()))!;
      }
      expect(job).toMatchObject({ state: "poisoned", reason: "set aside after 3 deaths; the last: killed by SIGKILL" });
      expect(await queue.resume(job.id)).toMatchObject({ state: "queued", deaths: 0 });
    });

    it("cancels and pauses what waits at once and asks what runs; resumes what is paused", async () => {
      const { queue } = await open();
      const job = await running(queue);
      expect(await queue.pause(job.id)).toMatchObject({ state: "running", stop: "pause" });
      const asked = await queue.cancel(job.id);
      expect(await queue.fail(asked, { kind: "stopped" })).toMatchObject({ state: "cancelled" });
      await queue.enqueue(aJob());
      expect(await queue.pause(2)).toMatchObject({ state: "paused" });
      expect(await queue.claim(aWorker())).toBeUndefined();
      expect(await queue.resume(2)).toMatchObject({ state: "queued" });
      expect(await queue.cancel(2)).toMatchObject({ state: "cancelled" });
      await expect(queue.cancel(2)).rejects.toMatchObject({ kind: "usage" });
      await expect(queue.resume(99)).rejects.toMatchObject({ kind: "usage" });
      expect(await states(queue)).toEqual(["1 cancelled", "2 cancelled"]);
    });

    it("removes what does not run, with its log, and never uses a number again", async () => {
      const { queue } = await open();
      const job = await running(queue);
      await queue.appendLog(job.id, "line\n");
      await expect(queue.remove(job.id)).rejects.toMatchObject({ kind: "usage" });
      await queue.complete(job, null);
      await queue.remove(job.id);
      expect(await states(queue)).toEqual([]);
      expect((await queue.readLog(job.id, 0)).text).toBe("");
      expect((await queue.enqueue(aJob())).id).toBe(2);
      expect(await queue.complete(job, null)).toBeUndefined();
      await queue.remove(2);
      expect((await queue.enqueue(aJob())).id).toBe(3);
    });

    it("a claim that was prepared before its job was removed is none", async () => {
      const { queue, store } = await open();
      await queue.enqueue(aJob());
      const late = { ...store, names: store.names };
      let first = true;
      // Between reading the jobs and publishing the claim the job goes, and a later one comes.
      late.publish = async (name, text) => {
        if (first) {
          first = false;
          await queue.remove(1);
          await queue.enqueue(aJob());
          await queue.remove(2);
        }
        return store.publish(name, text);
      };
      expect(await createQueue(late).claim(aWorker())).toBeUndefined();
      expect(await states(queue)).toEqual([]);
    });

    it("sets a damaged revision aside: nobody runs it, others go on, resume mends it", async () => {
      const { queue, store } = await open();
      const job = await running(queue);
      await store.publish({ id: job.id, revision: 3 }, '{"content":{"job":{"__proto__":1}},"sha256":"torn');
      await queue.enqueue(aJob());
      const { jobs, damaged } = await queue.list();
      expect(jobs.map((each) => each.job.id)).toEqual([2]);
      expect(damaged).toMatchObject([{ id: 1, revision: 3, error: expect.stringContaining("revision 3 of job-1") }]);
      await expect(queue.get(1)).rejects.toMatchObject({
        kind: "damaged",
        remedy: expect.stringContaining("resume 1"),
      });
      expect((await queue.claim(aWorker()))?.id).toBe(2);
      expect(await queue.resume(1)).toMatchObject({ state: "queued", revision: 4, spec: job.spec });
    });

    it("takes no revision for that of another job, or for another of its own", async () => {
      const { queue, store } = await open();
      const job = await running(queue);
      const text = new TextDecoder().decode(await store.read({ id: job.id, revision: 2 }));
      await store.publish({ id: job.id, revision: 3 }, text);
      await store.publish({ id: 2, revision: 1 }, text);
      const { jobs, damaged } = await queue.list();
      expect(jobs).toEqual([]);
      expect(damaged).toMatchObject([
        { id: 1, revision: 3 },
        { id: 2, revision: 1 },
      ]);
    });

    it("logs can be followed from where one was", async () => {
      const { queue } = await open();
      await queue.appendLog(1, "one\ntwo\n");
      const first = await queue.readLog(1, 0);
      expect(first.text).toBe("one\ntwo\n");
      await queue.appendLog(1, "three\n");
      expect((await queue.readLog(1, first.next)).text).toBe("three\n");
    });

    it("refuses a payload that is too large", async () => {
      const { queue } = await open();
      const huge = aJob({ payload: { text: "x".repeat(300_000) } });
      await expect(queue.enqueue(huge)).rejects.toMatchObject({ kind: "usage" });
    });
  });
}
