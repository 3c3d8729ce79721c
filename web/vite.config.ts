import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { servedPages } from './build/served-pages.ts'

/** Address of the Agora that `npm run dev:web` passes requests to. */
const agora = process.env['AGORA_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), servedPages(), compressed()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The content security policy of the pages admits no `data:` scripts and styles.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/api': agora,
      '/docs': agora,
      '/health': agora,
      '/socket.io': { target: agora, ws: true },
    },
  },
})
