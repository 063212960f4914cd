/** How a device of the mock is reached. */
export const encrypted = {
  fingerprint: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  pinning: 'first_use',
  connection: 'encrypted',
  certificate_until: '2036-03-26T23:10:00Z',
} as const;
