// `npm run dev` shows the client on a running platform (SALLYPORT=https://127.0.0.1:8443 unless told otherwise),
// `npm run dev:mock` on a small made-up site without one.
import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { mockPlatform } from './mock/plugin';

const platform = process.env.SALLYPORT ?? 'https://127.0.0.1:8443';

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === 'mock' ? [mockPlatform()] : [])],
  base: '/',
  resolve: {
    alias: [
      {
        find: /^\.\.\/components\/AntdIcon$/,
        replacement: fileURLToPath(new URL('src/ui/icon.tsx', import.meta.url)),
      },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: {
    fs: { allow: ['.', '../api'] },
    ...(mode === 'mock'
      ? {}
      : {
          proxy: {
            '/api': {
              target: platform,
              ws: true,
              secure: false,
              changeOrigin: true,
              headers: { origin: platform },
            },
          },
        }),
  },
  test: {
    environment: 'jsdom',
    testTimeout: 30_000,
    include: ['src/**/*.test.{ts,tsx}', 'panel/**/*.test.ts'],
    setupFiles: ['src/ui/testing.ts'],
  },
}));
