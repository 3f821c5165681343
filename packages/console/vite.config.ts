import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { mantineVariables } from './build/mantine-variables.ts';
import { switzerland } from './build/switzerland.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), mantineVariables(), switzerland()],
  // The map library starts its worker as a module.
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // Nothing becomes a data: URL, so that the page needs no exception in its Content-Security-Policy.
    assetsInlineLimit: 0,
    // The map library alone is about 1 MB of minified source.
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
  },
});
