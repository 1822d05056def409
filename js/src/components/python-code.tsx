import type { ComponentChildren } from "preact";

const TOKEN = /(#[^\n]*)|(?:\b[rbfuRBFU]{1,2})?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/g;

/** Python with its strings and comments set off, in the colours of the notebook's own editor. */
export function PythonCode({ code }: { code: string }) {
  const pieces: ComponentChildren[] = [];
  let from = 0;
  for (const { 0: token, 1: comment, index } of code.matchAll(TOKEN)) {
    pieces.push(
      code.slice(from, index),
      <span class={comment ? "mq-py-comment" : "mq-py-string"}>{token}</span>,
    );
    from = index + token.length;
  }
  pieces.push(code.slice(from));
  return <code>{pieces}</code>;
}
