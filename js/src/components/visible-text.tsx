/** Control, format and private characters, and every blank but the plain space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|[^\S ]/gu;

const SHORT: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0" };

export interface Piece {
  text: string;
  /** Stands for a character that cannot be seen. */
  unseen: boolean;
}

function pythonEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return SHORT[character] ?? `\\${letter}${code.toString(16).padStart(Number(digits), "0")}`;
}

/** `text` with unseen characters as Python escapes and, with `ends`, a dot for each blank at either end. */
export function visiblePieces(text: string, ends: boolean): Piece[] {
  const pieces: Piece[] = [];
  const add = (piece: string, unseen: boolean) => {
    if (piece) pieces.push({ text: piece, unseen });
  };
  const before = ends ? (/^ +/.exec(text)?.[0].length ?? 0) : 0;
  const after = ends && before < text.length ? (/ +$/.exec(text)?.[0].length ?? 0) : 0;
  const inner = text.slice(before, text.length - after);
  add("·".repeat(before), true);
  let from = 0;
  for (const match of inner.matchAll(UNSEEN)) {
    add(inner.slice(from, match.index), false);
    add(pythonEscape(match[0]), true);
    from = match.index + match[0].length;
  }
  add(inner.slice(from), false);
  add("·".repeat(after), true);
  return pieces;
}

/** The longest text put on the page; the title of a shortened one holds `TITLE` characters. */
const SHOWN = 160;
const TITLE = 500;

/** The title of a cell: its text, as far as a tooltip can hold it. */
export function titleOf(text: string): string {
  return text.length > TITLE ? `${text.slice(0, TITLE)}…` : text;
}

/** A value from the data, with everything in it visible. */
export function VisibleText({ text, ends = false }: { text: string; ends?: boolean }) {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  if (shown === "") return <span class="mq-quiet">empty text</span>;
  return (
    <bdi>
      {visiblePieces(shown, ends).map(({ text, unseen }, place) =>
        unseen ? (
          <span class="mq-unseen" key={place}>
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </bdi>
  );
}
