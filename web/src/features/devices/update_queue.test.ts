import { describe, expect, it } from 'vitest';

import { at_once, sendToMany } from './update_queue';

describe('sending to many', () => {
  it('has a few under way at a time, and stops those that wait', async () => {
    const ends: (() => void)[] = [];
    const begun: string[] = [];
    let stopped = false;
    const ids = Array.from({ length: 10 }, (_, at) => `${at}`);
    const all = sendToMany(
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
    await all;
    expect(begun).toEqual(ids.slice(0, at_once + 1));
  });
});
