/** Control, format and private characters, and every blank but the plain space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|[^\S ]/gu;
const UNSEEN_OR_END = new RegExp(`^ +| +$|${UNSEEN.source}`, "gu");

export interface Piece {
  text: string;
  /** Stands for a character that cannot be seen. */
  unseen: boolean;
}

function pythonEscape(character: string): string {
  if (/[\t\n\r]/.test(character)) return JSON.stringify(character).slice(1, -1);
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** `text` with unseen characters as Python escapes and, with `ends`, a dot for each blank at either end. */
export function visiblePieces(text: string, ends: boolean): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ends ? UNSEEN_OR_END : UNSEEN)) {
    pieces.push(
      { text: text.slice(from, index), unseen: false },
      { text: found[0] === " " ? "·".repeat(found.length) : pythonEscape(found), unseen: true },
    );
    from = index + found.length;
  }
  pieces.push({ text: text.slice(from), unseen: false });
  return pieces.filter((piece) => piece.text);
}

/** The longest text put on the page; the title of a shortened one holds `TITLE` characters. */
const SHOWN = 160;
const TITLE = 500;

/** The title of a cell: its text, as far as a tooltip can hold it. */
export function titleOf(text: string): string {
  return text.length > TITLE ? `${text.slice(0, TITLE)}…` : text;
}

interface VisibleTextProps {
  text: string;
  /** Show the blanks at either end. */
  ends?: boolean;
  /** Give the whole text as the title. */
  titled?: boolean;
}

/** A value from the data, with everything in it visible. */
export function VisibleText({ text, ends = false, titled }: VisibleTextProps) {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  if (shown === "") return <span class="mq-quiet">empty text</span>;
  return (
    <bdi title={titled ? titleOf(text) : undefined}>
      {visiblePieces(shown, ends).map(({ text, unseen }) =>
        unseen ? <span class="mq-unseen">{text}</span> : text,
      )}
    </bdi>
  );
}
