// Areas and departments as the trees that they are: the server lists them flat.

export interface Branch {
  id: string;
  name: string;
  parent_id: string | null;
  revision: number;
  /** What lives directly in it. */
  count: number;
}

export interface Placed extends Branch {
  /** 0 at the top. */
  depth: number;
  /** "North / Hall" */
  path: string;
  /** What lives in it and everywhere below it. */
  total: number;
  hasBelow: boolean;
}

export const by_name = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Each branch before what is below it, siblings by name. */
export function placed(branches: readonly Branch[]): Placed[] {
  const known = new Set(branches.map((branch) => branch.id));
  const children = new Map<string | null, Branch[]>();
  for (const branch of branches) {
    const parent = branch.parent_id !== null && known.has(branch.parent_id) ? branch.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), branch]);
  }
  const result: Placed[] = [];
  const walk = (parent: string | null, depth: number, above: string): number => {
    let sum = 0;
    for (const branch of (children.get(parent) ?? []).sort((a, b) => by_name.compare(a.name, b.name))) {
      const path = above === '' ? branch.name : `${above} / ${branch.name}`;
      const entry = { ...branch, depth, path, total: branch.count, hasBelow: children.has(branch.id) };
      result.push(entry);
      entry.total += walk(branch.id, depth + 1, path);
      sum += entry.total;
    }
    return sum;
  };
  walk(null, 0, '');
  return result;
}

/** A branch and everything below it. */
export function below(branches: readonly Branch[], id: string): Set<string> {
  const found = new Set([id]);
  let size = 0;
  while (size !== found.size) {
    size = found.size;
    for (const branch of branches) {
      if (branch.parent_id !== null && found.has(branch.parent_id)) found.add(branch.id);
    }
  }
  return found;
}
