import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const server = process.env['MS5_SERVER'] ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react()],
  // The workspace packages are taken as sources, so that a stale build of one can never be shipped.
  resolve: { conditions: ['ms5-source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': server,
      '/events': server,
      '/ws': { target: server, ws: true },
    },
  },
});
