import { visiblePieces } from "../components/visible-text";
import { differ } from "./differ";

/** A text with the characters marked that the other one does not have; `side` is 0 for the left source. */
export function Marked({ text, other, side }: { text: string; other: string; side: number }) {
  return (
    <bdi>
      {differ(text, other)[0].map(({ text, differs }) => {
        const shown = visiblePieces(text, differs).map((piece) => piece.text);
        return differs ? <mark class={side === 0 ? "mq-left" : "mq-right"}>{shown}</mark> : shown;
      })}
    </bdi>
  );
}
