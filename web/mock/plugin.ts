import type { Plugin } from 'vite';

/** A made-up site behind the real contract, for working on pages without a platform. */
export function mockPlatform(): Plugin {
  return { name: 'mock-platform' };
}
