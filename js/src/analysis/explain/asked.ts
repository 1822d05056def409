import { useEffect, useState } from "preact/hooks";

/** What Python answered, or why it did not; both empty while it is on the way. */
export interface Asked<A> {
  answer: A | null;
  error: string;
}

/** Ask once for each `of`; an answer to an earlier question is dropped. */
export function useAsked<A>(of: string, ask: () => Promise<A>): Asked<A> {
  const [asked, setAsked] = useState<Asked<A> & { of: string }>({ of, answer: null, error: "" });
  useEffect(() => {
    let current = true;
    const keep = (answer: A | null, error: string) => current && setAsked({ of, answer, error });
    ask().then(
      (answer) => keep(answer, ""),
      (reason: Error) => keep(null, reason.message),
    );
    return () => {
      current = false;
    };
  }, [of]);
  return asked.of === of ? asked : { answer: null, error: "" };
}
