import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const script = join(root, 'scripts/new-context.mjs')

let copy: string
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'agora-new-context-'))
  for (const name of ['src', 'test', 'bench', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(copy, name), {
      recursive: true,
      filter: (source) => source.slice(root.length).includes('node_modules') === false,
    })
  await writeFile(join(copy, 'vitest.config.mjs'), 'export default {}')
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rm(copy, { recursive: true }))

const newContext = (...words: readonly string[]) =>
  run(process.execPath, [script, ...words, '--root', copy])

test('npm run new-context writes a context that is listed, and has the types of one', async () => {
  const { stdout } = await newContext('reviews')
  expect(stdout).toContain('src/domains/reviews/index.ts')
  const program = `
    const { modules } = await import('./src/domains/index.ts')
    const { projections } = await import('./src/projections/index.ts')
    const { routes } = modules.find(({ name }) => name === 'reviews')
    console.log(JSON.stringify([routes.map(({ url }) => url), projections.at(-1).name]))`
  const shown = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: copy,
  })
  expect(JSON.parse(shown.stdout)).toEqual([['/reviews', '/reviews'], 'reviews'])
  const tests = [
    'run',
    'src/domains/reviews',
    'src/architecture.test.ts',
    'src/domains/index.test.ts',
  ]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const tested = await run(process.execPath, [vitest, ...tests], {
    cwd: copy,
  })
  expect(tested.stdout).toMatch(/Tests .*passed/)
  await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit'], { cwd: copy })
  await expect(newContext('reviews')).rejects.toThrow('is there already')
})

test.each([[], ['Reviews'], ['review'], ['reviews', 'others']])(
  'a name that is none is refused: %s',
  (...words) => expect(newContext(...words)).rejects.toThrow('Name one context'),
)
