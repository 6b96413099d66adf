import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface HalfRequest {
  /** Sends what is missing. */
  finish(): void;
  readonly socket: Socket;
  /** The whole answer with its head, once the server has closed the connection. */
  readonly answer: Promise<string>;
}

/**
 * Sends a request to predict but for its last bytes, and waits until so many count as under way.
 *
 * @param more headers, such as one that lets the server close the connection behind its answer
 */
export async function beginRequest(
  url: string,
  body: string,
  underWay = 1,
  more: readonly string[] = [],
): Promise<HalfRequest> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket
    .setEncoding("utf8")
    .on("error", () => {})
    .on("data", (chunk) => {
      text += chunk;
    });
  const head = ["POST /v1/models/houses/predict HTTP/1.1", "Host: here", ...more];
  const kind = ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
  socket.write([...head, ...kind, "", body[0]].join("\r\n"));
  while (!(await (await fetch(`${url}/metrics`)).text()).includes(`kaayko_predictions_in_flight ${underWay}\n`));
  return {
    finish: () => void socket.write(body.slice(1)),
    socket,
    answer: once(socket, "close").then(() => text),
  };
}

/** The status of an answer, and the document in it. */
export function readAnswer(answer: string): { status: number; document: { predictions: unknown[] } } {
  const [head, body] = answer.split("\r\n\r\n");
  return { status: Number(head!.split(" ")[1]), document: JSON.parse(body!) };
}
