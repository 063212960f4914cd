import { renderHook } from '@testing-library/react';
import { beforeAll, describe, expect, it } from 'vitest';

import type { AuditEntry } from '../../api/client';
import { speak, startWords } from '../../ui/i18n';
import { changesOf, useValueText } from './audit_words';

function entry(before: AuditEntry['before'], after: AuditEntry['after']): AuditEntry {
  const subject = { kind: 'permission_group', id: '7', name: 'Staff' };
  return {
    id: '1',
    at: '2026-03-28T23:10:00Z',
    account: 'admin',
    token: null,
    address: null,
    action: 'permission_group.changed',
    subject,
    before,
    after,
  };
}

describe('an entry of the audit log', () => {
  beforeAll(() => startWords('en'));

  it('says of something new what it says at all, and its name only once', () => {
    const made = entry(null, {
      id: '7',
      name: 'Staff',
      remark: '',
      people: [],
      doors: [{ id: '3', name: 'Gate' }],
    });
    expect(changesOf(made).map(({ member }) => member)).toEqual(['doors']);
  });

  it('says of lists what came and went', () => {
    const anna = { number: '04A1B2C3', type: 'general' };
    const ben = { number: '04A1B2C4', type: 'vip' };
    expect(changesOf(entry({ cards: [anna] }, { cards: [anna, ben] }))).toEqual([
      { member: 'cards', before: [], after: [ben] },
    ]);
  });

  it('names values as a reader knows them', () => {
    const { result } = renderHook(() => useValueText());
    const text = result.current;
    expect(
      text('people', [
        { id: '3', name: 'Anna' },
        { id: '4', name: null },
      ]),
    ).toBe('Anna, 4');
    expect(text('people', { count: 120 })).toBe('120 entries');
    expect(text('template', null)).toBe('Always');
    expect(text('template', undefined)).toBe('–');
    expect(text('fingerprint', `0f${'ab'.repeat(31)}`)).toBe(`0F${':AB'.repeat(31)}`);
    expect(text('cards', [{ number: '04A1B2C3', type: 'vip' }])).toBe('04A1B2C3 (VIP)');
    expect(text('rights', { doors: 'control', people: 'view', audit: 'none' })).toBe(
      'Doors: View and control; People and departments: View',
    );
    expect(text('rights', {})).toBe('Nothing');
    expect(text('hold_s', 10)).toBe('10 s');
    expect(text('detector', true)).toBe('Wired');
    expect(text('unlock_mode', 'card_and_pin')).toBe('Card and PIN');
    expect(text('refused', 'device_offline')).toContain('offline');
    expect(text('pin', 'removed')).toBe('removed');
    expect(text('uses', 3)).toBe('3');
    expect(text('search', 'from=2026-03-28T23:10:00Z&kind=access,alarm_started&door=7')).toMatch(
      /^From: [^,]*23:10:00, Kind: Access, Alarm, Door: 7$/,
    );
    expect(text('search', '')).toBe('–');
  });

  it('names a role as the pages of accounts do', async () => {
    const { result } = renderHook(() => useValueText());
    await speak('zh');
    expect(result.current('role', { id: '1', name: 'Administrator' })).toBe('管理员');
    expect(result.current('role', { id: '252235034180718592', name: 'Night shift' })).toBe('Night shift');
    await speak('en');
  });
});
