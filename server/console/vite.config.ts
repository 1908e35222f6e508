/** Builds the console into hashed files below /console/assets; the page gets its nonce from the server, per response. Run it in this folder. */
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  publicDir: false,
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
});
