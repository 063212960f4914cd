import { describe, expect, it } from 'vitest';

import { at_once, several } from './several';

describe('several at once', () => {
  it('has a few under way at a time, and stops those that wait', async () => {
    const ends: (() => void)[] = [];
    const begun: string[] = [];
    let stopped = false;
    const ids = Array.from({ length: 10 }, (_, at) => `${at}`);
    const all = several(
      ids,
      (id) => {
        begun.push(id);
        return new Promise((done) => ends.push(done));
      },
      () => stopped,
    );
    expect(begun.length).toBe(at_once);
    ends.shift()!();
    await Promise.resolve();
    await Promise.resolve();
    expect(begun.length).toBe(at_once + 1);
    stopped = true;
    for (const end of ends) end();
    expect(await all).toEqual(ids.slice(at_once + 1));
    expect(begun).toEqual(ids.slice(0, at_once + 1));
  });
});
