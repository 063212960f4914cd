import { describe, expect, it } from 'vitest';

import type { Rights } from './changes';
import { changesOf } from './changes';

const rights = (doors: string[], people: string[], template_id: string | null = null): Rights => ({
  doors,
  people,
  template_id,
});

describe('what saving a group changes', () => {
  it('says who gains what with a new group', () => {
    expect(changesOf(null, rights(['front', 'back'], ['anna', 'li']), [])).toEqual([
      { kind: 'gain', people: ['anna', 'li'], doors: ['front', 'back'] },
    ]);
  });

  it('says who loses what without it', () => {
    expect(changesOf(rights(['front'], ['anna']), null, [])).toEqual([
      { kind: 'lose', people: ['anna'], doors: ['front'] },
    ]);
  });

  it('tells people apart by what changes for them', () => {
    const changes = changesOf(
      rights(['front'], ['anna', 'li']),
      rights(['front', 'back'], ['anna', 'wei']),
      [],
    );
    expect(changes).toEqual([
      { kind: 'lose', people: ['li'], doors: ['front'] },
      { kind: 'gain', people: ['anna'], doors: ['back'] },
      { kind: 'gain', people: ['wei'], doors: ['front', 'back'] },
    ]);
  });

  it('knows what people have through other groups', () => {
    const other = rights(['front'], ['anna']);
    expect(changesOf(rights(['front'], ['anna', 'li']), null, [other])).toEqual([
      { kind: 'lose', people: ['li'], doors: ['front'] },
    ]);
    expect(changesOf(null, rights(['front'], ['anna']), [other])).toEqual([]);
  });

  it('says when only the times change, and keeps quiet when another group means always', () => {
    const [before, after] = [
      rights(['front'], ['anna', 'li'], 'office'),
      rights(['front'], ['anna', 'li'], 'night'),
    ];
    const changes = changesOf(before, after, [rights(['front'], ['li'])]);
    expect(changes).toEqual([{ kind: 'when', people: ['anna'], doors: ['front'] }]);
  });

  it('is empty when nothing changes', () => {
    const same = rights(['front'], ['anna'], 'office');
    expect(changesOf(same, { ...same }, [])).toEqual([]);
  });
});
