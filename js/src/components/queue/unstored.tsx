import { Failure } from "../failure";
import { count } from "../figures";
import type { Judging } from "./judging";

/** What could not be stored, and what was refused; nothing where all is well. */
export function Unstored<V extends string>({ judging, what }: { judging: Judging<V>; what: string }) {
  const unstored = judging.unstored.value;
  return (
    <>
      {unstored.length > 0 && (
        <Failure
          reason={`${count(unstored.length, `${what} is`, `${what}s are`)} not stored yet. ${unstored[0]?.[1].error}`}
          onRetry={() => judging.storeAgain()}
        />
      )}
      <Failure reason={judging.refused.value} />
    </>
  );
}
