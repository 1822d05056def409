const TOKEN =
  /(?<comment>#[^\n]*)|(?<string>(?:\b[rbfuRBFU]{1,2})?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<keyword>\b(?:False|None|True|and|as|def|elif|else|for|from|if|import|in|is|lambda|not|or|return|while|with)\b)|(?<number>\b\d[\w.]*)/g;

/** Python in the colours of the notebook's own editor. */
export function PythonCode({ code }: { code: string }) {
  const pieces = [];
  let from = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    pieces.push(code.slice(from, match.index), <span class={`mq-py-${kind}`}>{match[0]}</span>);
    from = match.index + match[0].length;
  }
  pieces.push(code.slice(from));
  return <code>{pieces}</code>;
}
