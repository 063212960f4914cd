// What of a form is sent: only what somebody has changed in it, so that the rest stays as others leave it.

const inAnyOrder = (value: unknown): unknown =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? [...value].sort() : value;

/** The members of `wanted` that differ from those of `opened`; lists of ids are the same in any order. */
export function changedIn<T extends object>(opened: { [K in keyof T]?: unknown }, wanted: T): Partial<T> {
  const names = Object.keys(wanted) as (keyof T)[];
  const differs = (name: keyof T) =>
    JSON.stringify(inAnyOrder(wanted[name])) !== JSON.stringify(inAnyOrder(opened[name]));
  return Object.fromEntries(names.filter(differs).map((name) => [name, wanted[name]])) as Partial<T>;
}
