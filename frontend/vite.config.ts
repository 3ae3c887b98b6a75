import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { compress } from './compress.ts'

// The running stack answers everything that is no page: see `make frontend`.
const STACK = `http://127.0.0.1:${process.env.WEB_PORT ?? '8080'}`
const API =
  '^/(auth|order|product|docs|static|admin|health|ready|shop\\.json|openapi\\.json)(?=/|\\?|$)'

export default defineConfig({
  plugins: [react(), compress()],
  cacheDir: '.vite',
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1', proxy: { [API]: { target: STACK, changeOrigin: false } } },
  test: {
    environment: 'happy-dom',
    // One document for all files, in one thread: it takes a tenth of the processor time.
    isolate: false,
    pool: 'threads',
    maxWorkers: 1,
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
    restoreMocks: true,
  },
})
