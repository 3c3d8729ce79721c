import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { versionOfAgora } from '../src/platform/version.ts'

const run = promisify(execFile)

// npx links the project into its cache at the first use. Install scripts of the project (`prepare`) would be run by that, and
// are refused by `strict-allow-scripts`: the build of the pages is `postprepare`, which `npm ci` alone runs.
test('npx agora works at its first use', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'agora-npx-'))
  try {
    const { stdout } = await run('npx', ['agora', '--version'], {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, npm_config_cache: cache, npm_config_offline: 'true' },
    })
    expect(stdout.trim()).toBe(versionOfAgora())
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
})
