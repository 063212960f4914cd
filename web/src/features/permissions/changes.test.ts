import { describe, expect, it } from 'vitest';

import type { Organisation, Rights } from './changes';
import { changesOf as changesIn } from './changes';

const rights = (doors: string[], people: string[], template_id: string | null = null): Rights => ({
  doors,
  people,
  departments: [],
  template_id,
  effect: 'allow',
  valid_to: null,
});
/** Wei works in the night shift of the plant. */
const organisation: Organisation = {
  departmentOf: (person) => (person === 'wei' ? 'night' : null),
  below: (department) => new Set(department === 'plant' ? ['plant', 'night'] : [department]),
};
const changesOf = (before: Rights | null, after: Rights | null, others: Rights[]) =>
  changesIn(before, after, others, organisation);

describe('what saving a group changes', () => {
  it('says who gains what with a new group', () => {
    expect(changesOf(null, rights(['front', 'back'], ['anna', 'li']), [])).toEqual([
      { kind: 'gain', people: ['anna', 'li'], departments: [], doors: ['front', 'back'] },
    ]);
  });

  it('says who loses what without it', () => {
    expect(changesOf(rights(['front'], ['anna']), null, [])).toEqual([
      { kind: 'lose', people: ['anna'], departments: [], doors: ['front'] },
    ]);
  });

  it('tells people apart by what changes for them', () => {
    const changes = changesOf(
      rights(['front'], ['anna', 'li']),
      rights(['front', 'back'], ['anna', 'wei']),
      [],
    );
    expect(changes).toEqual([
      { kind: 'lose', people: ['li'], departments: [], doors: ['front'] },
      { kind: 'gain', people: ['anna'], departments: [], doors: ['back'] },
      { kind: 'gain', people: ['wei'], departments: [], doors: ['front', 'back'] },
    ]);
  });

  it('knows what people have through other groups', () => {
    const other = rights(['front'], ['anna']);
    expect(changesOf(rights(['front'], ['anna', 'li']), null, [other])).toEqual([
      { kind: 'lose', people: ['li'], departments: [], doors: ['front'] },
    ]);
    expect(changesOf(null, rights(['front'], ['anna']), [other])).toEqual([]);
  });

  it('says when only the times change, and keeps quiet when another group means always', () => {
    const [before, after] = [
      rights(['front'], ['anna', 'li'], 'office'),
      rights(['front'], ['anna', 'li'], 'night'),
    ];
    const changes = changesOf(before, after, [rights(['front'], ['li'])]);
    expect(changes).toEqual([{ kind: 'when', people: ['anna'], departments: [], doors: ['front'] }]);
  });

  it('is empty when nothing changes', () => {
    const same = rights(['front'], ['anna'], 'office');
    expect(changesOf(same, { ...same }, [])).toEqual([]);
  });

  it('counts what people have through their department', () => {
    const plant = { ...rights(['front'], []), departments: ['plant'] };
    expect(changesOf(null, rights(['front'], ['wei', 'li']), [plant])).toEqual([
      { kind: 'gain', people: ['li'], departments: [], doors: ['front'] },
    ]);
    expect(changesOf(null, { ...plant, departments: ['night', 'office'] }, [plant])).toEqual([
      { kind: 'gain', people: [], departments: ['office'], doors: ['front'] },
    ]);
  });

  it('lets a group that denies win', () => {
    const staff = rights(['front', 'back'], ['anna']);
    const denied: Rights = { ...rights(['front'], ['anna', 'li']), effect: 'deny' };
    expect(changesOf(null, denied, [staff])).toEqual([
      { kind: 'lose', people: ['anna'], departments: [], doors: ['front'] },
    ]);
    expect(changesOf(null, { ...denied, template_id: 'night' }, [staff])).toEqual([
      { kind: 'when', people: ['anna'], departments: [], doors: ['front'] },
    ]);
  });

  it('says when a group gets an end', () => {
    const staff = rights(['front'], ['anna']);
    expect(changesOf(staff, { ...staff, valid_to: '2027-01-01T00:00:00Z' }, [])).toEqual([
      { kind: 'when', people: ['anna'], departments: [], doors: ['front'] },
    ]);
  });
});
