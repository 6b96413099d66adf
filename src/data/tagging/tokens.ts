/** Where the tokens of a text lie, in UTF-16 units. */
export interface TextTokens {
  readonly starts: readonly number[];
  /** Exclusive. */
  readonly ends: readonly number[];
  /** Which piece between white space each token lies in, from 0. A piece holds one token at least. */
  readonly pieces: readonly number[];
}

/** Marks that are peeled off a piece's end, a run of the same one at a time; more of them stay with the word. */
const MOST_PEELED = 8;
const PIECE = /[^ \t\n\r\f\v]+/g;
const PLAIN = /^[\p{L}\p{N}]+$/u;
const WORDY = /[\p{L}\p{N}]/u;
/** What is one token with all its marks: addresses, handles, tags, clitics, initials. */
const WHOLE =
  /^(?:(?:https?:\/\/|www\.)\S*[^\s.,;:!?)\]"'”’]|[@#][\p{L}\p{N}_]+|[^@\s]+@[^@\s]+\.\p{L}+|['’]\p{L}{1,2}|[nN]['’][tT]|(?:\p{L}\.){2,})$/u;
const TITLE = /^(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|Inc|Ltd|Co|Corp|No|vs)\.$/i;
const OPENING = /^(["'“‘«([{<*]|¿|¡)\1*(?=.)/u;
const CLOSING = /([.,;:!?…"'”’»)\]}>*])\1*$/u;
const CLITIC = /(?<=[\p{L}\p{N}])(?:n['’]t|['’](?:s|d|m|re|ve|ll))$/iu;

/**
 * The tokens of a text: what stands between white space, without the quotes, brackets and marks of sentences around it. A text whose
 * tokens stand apart by spaces already keeps them, but for marks that are still attached to words.
 */
export function tokensIn(text: string): TextTokens {
  const tokens = { starts: [] as number[], ends: [] as number[], pieces: [] as number[] };
  let piece = 0;
  for (const { 0: word, index } of text.matchAll(PIECE)) {
    let at = index;
    for (const length of PLAIN.test(word) ? [word.length] : cut(word)) {
      tokens.starts.push(at);
      tokens.ends.push(at + length);
      tokens.pieces.push(piece);
      at += length;
    }
    piece++;
  }
  return tokens;
}

/** How many pieces between white space a text has. */
export function piecesIn(text: string): number {
  return text.match(PIECE)?.length ?? 0;
}

/** The lengths of the tokens of a piece. */
function cut(word: string): number[] {
  if (!WORDY.test(word)) return [word.length];
  const before: number[] = [];
  const after: number[] = [];
  let core = word;
  for (let peeled = 0; peeled < MOST_PEELED && !isWhole(core); peeled++) {
    const opening = OPENING.exec(core)?.[0].length;
    const closing = opening === undefined ? (CLITIC.exec(core) ?? CLOSING.exec(core))?.[0].length : undefined;
    if (opening !== undefined) before.push(opening);
    else if (closing !== undefined) after.unshift(closing);
    else break;
    core = opening === undefined ? core.slice(0, core.length - closing!) : core.slice(opening);
  }
  return [...before, core.length, ...after];
}

function isWhole(core: string): boolean {
  return WHOLE.test(core) || TITLE.test(core);
}
