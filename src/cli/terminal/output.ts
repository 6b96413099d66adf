import { paint, printable, type Style } from "../../reports/text/index.ts";
import { canAnimate, type Switches, streamStyle } from "./capabilities.ts";
import type { Host, OutputStream } from "./host.ts";

/** Where a command speaks: results to stdout, everything else to stderr. Texts may be painted; foreign text is `printable`. */
export interface Output {
  readonly switches: Switches;
  /** Measured anew each time: terminals change their width. */
  readonly dataStyle: Style;
  readonly talkStyle: Style;
  /** True where a live line is possible. */
  readonly animated: boolean;
  /** The command's one result: a document with `--json`, else its text. */
  result(document: unknown, text: () => string): Promise<void>;
  /** Raw data on stdout, such as a completion script or streamed rows. */
  data(text: string): Promise<void>;
  /** A line on stderr, unless `--quiet`. */
  note(text: string): void;
  /** A line on stderr with `--verbose`. */
  detail(text: string): void;
  warn(message: string): void;
  /** A line on stderr, always. */
  say(text: string): void;
  /** Replaces the live line; null removes it. Does nothing where there is no animation. */
  live(line: string | null): void;
}

const ERASE_LINE = "\r\u001b[K";

/** Opens the output of a process. A reader who closed the pipe is no error: what comes after is dropped. */
export function createOutput(host: Host, switches: Switches): Output {
  const [stdout, stderr] = [guarded(host.stdout), guarded(host.stderr)];
  const animated = canAnimate(host) && !switches.quiet;
  let live: string | null = null;

  const say = (text: string): void => {
    const redraw = live === null ? "" : live;
    stderr.write(`${live === null ? "" : ERASE_LINE}${text}\n${redraw}`);
  };
  const output: Output = {
    switches,
    get dataStyle() {
      return streamStyle(host, host.stdout, switches);
    },
    get talkStyle() {
      return streamStyle(host, host.stderr, switches);
    },
    animated,
    async result(document, text) {
      output.live(null);
      const space = host.stdout.isTTY ? 2 : undefined;
      await stdout.write(`${switches.json ? JSON.stringify(document, null, space) : text()}\n`);
    },
    async data(text) {
      output.live(null);
      await stdout.write(text);
    },
    note: (text) => {
      if (!switches.quiet) say(text);
    },
    detail: (text) => {
      if (switches.verbose) say(paint(output.talkStyle, "dim", text));
    },
    warn: (message) => say(`${paint(output.talkStyle, "yellow", "warning:")} ${printable(message)}`),
    say,
    live(line) {
      if (!animated || (line === null && live === null)) return;
      stderr.write(`${ERASE_LINE}${line ?? ""}`);
      live = line;
    },
  };
  return output;
}

interface Guarded {
  /** Settles once the stream took the text, or will never take any. */
  write(text: string): Promise<void>;
}

const GONE = ["EPIPE", "EIO", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"];

function guarded(stream: OutputStream): Guarded {
  let gone = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!GONE.includes(error.code ?? "")) throw error;
    gone = true;
  });
  return {
    write: (text) =>
      new Promise((resolve) => {
        if (gone) resolve();
        else stream.write(text, () => resolve());
      }),
  };
}
