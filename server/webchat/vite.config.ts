/** Builds the page into one script and one style with names made from their content, and the button for other sites. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root,
  publicDir: false,
  build: {
    outDir: '../../dist/webchat',
    emptyOutDir: true,
    // phones of ten years ago still write to us; older ones get the form
    target: ['chrome70', 'safari12'],
    cssTarget: ['chrome70', 'safari12'],
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { page: `${root}page/main.ts`, draft: `${root}page/draft.ts`, widget: `${root}page/widget.ts` },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'widget' ? 'widget.js' : 'static/[name]-[hash].js'),
        assetFileNames: 'static/[name]-[hash][extname]',
        chunkFileNames: 'static/[name]-[hash].js',
      },
    },
  },
});
