// The front panel of a simulated controller: one small page, built into sallyport-door.
// `SALLYPORT_PANEL=http://127.0.0.1:8080 npm run dev:panel` shows it on a running controller while it is edited.
import { defineConfig } from 'vite';

const controller = process.env.SALLYPORT_PANEL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'panel',
  base: './',
  build: {
    outDir: '../dist-panel',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
  },
  server: {
    proxy: {
      '/panel': { target: controller, ws: true, changeOrigin: true, headers: { origin: controller } },
    },
  },
});
