#!/usr/bin/env node
// In the clothes of a Python that has one other program: it predicts the first feature, or the last reading of a window.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [, name, folder] = process.argv.slice(2);
if (name === "--list") console.log(JSON.stringify({ linear: "fake 1.0", unknown: "x" }));
else if (process.env.FAKE_PYTHON === "failing") {
  console.error("Traceback\nValueError: no such luck");
  process.exitCode = 1;
} else {
  const { rows, features, width, window } = JSON.parse(readFileSync(join(folder, "rows.json"), "utf8"));
  const floats = (file) => {
    const bytes = readFileSync(join(folder, file));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  const x = floats("test-x.f32");
  const windows = floats("test-windows.f32");
  const size = window === null ? 0 : window.steps * window.channels;
  const predictions = Float64Array.from({ length: rows.test * width }, (_, i) => {
    const row = Math.floor(i / width);
    const value = window === null ? x[row * features.length] : windows[(row + 1) * size - window.channels];
    return Number.isNaN(value) ? 0 : value;
  });
  const wanted = process.env.FAKE_PYTHON === "short" ? predictions.subarray(1) : predictions;
  writeFileSync(join(folder, "predictions.f64"), new Uint8Array(wanted.buffer, wanted.byteOffset, wanted.byteLength));
  const speeds = { trainSeconds: 1, rowsPerSecond: rows.train, millisecondsPerRow: 2 };
  writeFileSync(join(folder, "result.json"), JSON.stringify(speeds));
}
