import { describe, expect, it, vi } from 'vitest';

import { compare, headOf, sendPackage } from './update_package';

const head = { product: 'sallyport-door', architecture: 'amd64', version: '1.2.0', minimum: '1.0.0' };

function packageOf(text: string): Uint8Array {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(20 + json.length + 64);
  bytes.set(new TextEncoder().encode('SALLYPORTUPDATE1'));
  new DataView(bytes.buffer).setUint32(16, json.length, true);
  bytes.set(json, 20);
  return bytes;
}

describe('an update package', () => {
  it('says what it is', () => {
    expect(headOf(packageOf(JSON.stringify(head)))).toEqual(head);
  });

  it('that is none is known before it is sent', () => {
    expect(headOf(new TextEncoder().encode('!<arch>\ndebian-binary'))).toBeNull();
    expect(headOf(packageOf('{"product":1}'))).toBeNull();
    expect(headOf(packageOf('{'))).toBeNull();
    expect(headOf(packageOf(JSON.stringify(head)).subarray(0, 40))).toBeNull();
  });

  it('is compared with what the controller has', () => {
    expect(compare(head, '1.1.9')).toBe('newer');
    expect(compare(head, '1.2.0')).toBe('same');
    expect(compare(head, '1.10.0')).toBe('older');
    expect(compare(head, '0.9.0')).toBe('too_far');
    expect(compare(head, 'V1.000')).toBe('unknown');
  });

  it('goes in pieces that are the whole when they are put together', async () => {
    const bytes = new Uint8Array(1_000_000).map((_, index) => index % 251);
    const parts: string[] = [];
    const send = vi.fn(async ({ offset, piece }: { offset: number; piece: string }) => {
      expect(offset).toBe(parts.join('').length);
      parts.push(atob(piece));
      return { staged: parts.join('').length === bytes.length ? '1.2.0' : null };
    });
    const shares: number[] = [];
    expect(await sendPackage(bytes, send, (share) => shares.push(share))).toBe('1.2.0');
    expect(Buffer.from(parts.join(''), 'latin1').equals(bytes)).toBe(true);
    expect(shares.at(-1)).toBe(1);
    expect(send).toHaveBeenCalledTimes(3);
  });
});
