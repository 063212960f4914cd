/** How a device of the mock is reached. */
export const encrypted = {
  fingerprint: `9F${':86'.repeat(31)}`,
  pinning: 'first_use',
  connection: 'encrypted',
  certificate_until: '2036-03-26T23:10:00Z',
} as const;
