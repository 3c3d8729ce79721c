// Builds the front end into web/dist: after `npm ci`, and by `npm run build:web`. Without the development packages, as in
// images, nothing is built, and Agora serves plain pages.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

if (existsSync(join(root, 'node_modules/vite')) && existsSync(join(root, 'web'))) {
  // Also when tests build it: React has another build for development.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' })
}
