/** A rule for a list. `required` would say `aria-required` of elements whose role knows no such thing. */
export const atLeast = (count: number, message: string) => ({
  validator: (_: unknown, chosen?: unknown[]) =>
    (chosen?.length ?? 0) >= count ? Promise.resolve() : Promise.reject(new Error(message)),
});
