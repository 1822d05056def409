/** A run of characters that both texts have, or that only this one has. */
export interface Run {
  text: string;
  differs: boolean;
}

/** Longer texts are compared by their beginnings and ends only. */
const LONGEST = 200;

/** Both texts in runs, those marked that the other does not have: what a longest common subsequence leaves over. */
export function differ(left: string, right: string): [left: Run[], right: Run[]] {
  const a = [...left];
  const b = [...right];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const middle: [string[], string[]] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const common =
    middle[0].length <= LONGEST && middle[1].length <= LONGEST
      ? commonOf(...middle)
      : ([new Set<number>(), new Set<number>()] as const);
  const runs = (characters: string[], shared: ReadonlySet<number>): Run[] => {
    const found: Run[] = [];
    characters.forEach((text, i) => {
      const inside = i >= start && i < characters.length - end;
      const differs = inside && !shared.has(i - start);
      const last = found[found.length - 1];
      if (last && last.differs === differs) last.text += text;
      else found.push({ text, differs });
    });
    return found;
  };
  return [runs(a, common[0]), runs(b, common[1])];
}

/** The places of a longest common subsequence in both texts. */
function commonOf(a: string[], b: string[]): [Set<number>, Set<number>] {
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const places: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      places[0].add(i++);
      places[1].add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return places;
}
