// Mutates rules one by one and runs their tests: `npm run mutate [-- src/domains/ordering/order.ts …]`. Prints each mutant that
// survives, and the share of those that are killed. The first run installs Stryker.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'test/mutation')
const stryker = join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js')

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(stryker)) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder)
const files = process.argv.slice(2)
const chosen = files.length > 0 ? ['--mutate', files.join(',')] : []
run(process.execPath, [stryker, 'run', join(folder, 'stryker.config.json'), ...chosen], root)
