import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wheelMembers } from "../../src/backends/tensorflow/parts.ts";

/** The machine's own Python, which the pretended one uses for everything but pip; null where there is none. */
export const REAL_PYTHON = findReal();

function findReal(): string | null {
  try {
    return execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

/** pip as far as \`download\` goes: writes a tiny wheel with the members that we take, whole or damaged. */
const FAKE_PIP = `
import base64, hashlib, json, os, sys, zipfile
here = os.path.dirname(os.path.abspath(__file__))
calls = os.path.join(here, "pip.log")
with open(calls, "a") as log: log.write(" ".join(sys.argv[1:]) + "\\n")
count = len(open(calls).read().splitlines())
mode = os.environ.get("FAKE_PIP", "")
if mode == "offline":
    print("ERROR: Could not find a version; NewConnectionError: Temporary failure in name resolution", file=sys.stderr)
    sys.exit(1)
target = sys.argv[sys.argv.index("--dest") + 1]
os.makedirs(target, exist_ok=True)
wheel = os.path.join(target, "tensorflow_cpu-0-py3-none-any.whl")
record = []
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as z:
    for i, name in enumerate(json.load(open(os.path.join(here, "members.json")))):
        data = (name + "\\n").encode() * (20000 + i)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        if mode == "tampered" and i == 1: data = data.replace(b"t", b"x")
        z.writestr(name, data)
        record.append(f"{name},sha256={digest},{len(data)}")
    z.writestr("tf-0.dist-info/RECORD", "\\n".join(record) + "\\n")
    z.writestr("tf-0.dist-info/METADATA", "Name: tf\\n")
if mode == "half" or (mode == "half-once" and count == 1):
    with open(wheel, "r+b") as f: f.truncate(os.path.getsize(wheel) // 2)
if mode == "bit-flip-once" and count == 1:
    with open(wheel, "r+b") as f:
        f.seek(400); byte = f.read(1); f.seek(400); f.write(bytes([byte[0] ^ 255]))
`;

export interface FakeTools {
  readonly cache: string;
  readonly folder: string;
  pipCalls(): number;
  dispose(): void;
}

/**
 * Puts a pretended python3 and g++ first and alone on the PATH, and the cache into a temporary folder.
 *
 * @param compiler what g++ does: fail with an error, or be absent
 */
export function useFakeTools(options: { readonly python: boolean; readonly compiler: boolean }): FakeTools {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-provision-"));
  const tools = join(folder, "tools");
  mkdirSync(tools);
  writeFileSync(join(tools, "members.json"), JSON.stringify(wheelMembers()));
  writeFileSync(join(tools, "fake_pip.py"), FAKE_PIP);
  if (options.python)
    script(
      join(tools, "python3"),
      `if [ "$1" = "-m" ] && [ "$2" = "pip" ]; then exec "${REAL_PYTHON}" "${tools}/fake_pip.py" "$@"; fi\nexec "${REAL_PYTHON}" "$@"`,
    );
  if (options.compiler)
    script(
      join(tools, "g++"),
      `if [ "$1" = "--version" ]; then echo "g++ 1.2.3"; exit 0; fi\necho "tfjs_backend.cc:1:1: fatal error: pretended" >&2; exit 1`,
    );
  const before = { PATH: process.env.PATH, KAAYKO_CACHE: process.env.KAAYKO_CACHE, CXX: process.env.CXX };
  process.env.PATH = tools;
  process.env.KAAYKO_CACHE = join(folder, "cache");
  delete process.env.CXX;
  const log = join(tools, "pip.log");
  return {
    cache: join(folder, "cache"),
    folder,
    pipCalls: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0),
    dispose: () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      delete process.env.FAKE_PIP;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function script(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}
