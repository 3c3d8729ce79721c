import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const projections = {
  'spending.ts': `
    import { Type } from 'typebox'
    import { Fields, projection } from 'agora/kernel'
    import { order } from 'agora/domains/ordering'
    import { zero } from './near.ts'
    type Spending = { readonly orders: number }
    export default projection({
      name: 'spending', store: 'postgres', document: Fields({ orders: Type.Integer() }),
      from: [order], key: ({ data }) => ('userId' in data ? data.userId : undefined),
    }).rules({
      OrderPlaced: (document: Spending | undefined) => ({ orders: (document?.orders ?? zero) + 1 }),
    })`,
  'near.ts': `export const zero: number = 0`,
  'named.ts': `
    import { Fields, projection } from '#kernel'
    export const helper = (it: string): string => it
    export const only = projection({
      name: 'only', store: 'mongo', document: Fields({}), from: [], key: () => 'all' }).rules({})`,
  'two.ts': `
    import { only } from './named.ts'
    export const [one, other] = [only, { ...only, name: 'other' }]`,
  'none.ts': `export const name = 'none'`,
  'bare.ts': `
    import { projection, Fields } from 'agora/kernel'
    export default projection({ name: 'bare', store: 'mongo', document: Fields({}), from: [], key: () => 'all' })`,
  'typo.ts': `const x: = 1`,
  'thrown.ts': `\n\nthrow new Error('no reason')`,
  'stranger.ts': `import 'agora/domains/cooking'`,
  'missing.ts': `import { dish } from 'agora/domains/ordering'\nexport default dish`,
}

let folder: string
/** Outcome of loading each file in its own process, from a folder without installed packages. */
let loaded: Readonly<Record<string, string>>
let warned: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-what-if-'))
  for (const [name, text] of Object.entries(projections)) await writeFile(join(folder, name), text)
  const names = [...Object.keys(projections), 'gone.ts']
  const module = pathToFileURL(join(import.meta.dirname, 'what-if-file.ts')).href
  const program = `
    import { loadProjection } from ${JSON.stringify(module)}
    const outcomes = {}
    for (const name of ${JSON.stringify(names)})
      outcomes[name] = await loadProjection(name).then(
        ({ name, reads }) => 'loaded ' + name + ' ' + reads, (error) => error.message)
    console.log(JSON.stringify(outcomes))`
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: folder },
  )
  warned = stderr
  loaded = JSON.parse(stdout)
})
afterAll(() => rm(folder, { recursive: true }))

test('a projection is loaded from an empty folder, in TypeScript, with what it imports', () => {
  expect(loaded['spending.ts']).toBe('loaded spending OrderPlaced')
  expect(loaded['named.ts']).toBe('loaded only ')
  expect(warned).toBe('')
})

test.each([
  ['two.ts', 'two.ts exports several projections (only, other); make one of them the default'],
  ['none.ts', 'none.ts exports no projection; export what projection({ … }).rules({ … })'],
  ['near.ts', 'near.ts exports no projection'],
  ['bare.ts', 'The projection that bare.ts exports has no rules'],
  ['typo.ts', 'typo.ts cannot be loaded (line 1): '],
  ['thrown.ts', 'thrown.ts cannot be loaded (line 3): no reason'],
  [
    'stranger.ts',
    'There is no "agora/domains/cooking"; use "agora/kernel", "agora/sagas/<saga>" or',
  ],
  ['missing.ts', "does not provide an export named 'dish'"],
  ['gone.ts', 'gone.ts does not exist'],
])('the error of %s names the cause', (name, message) => expect(loaded[name]).toContain(message))
