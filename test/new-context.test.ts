import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const script = join(root, 'scripts/new-context.mjs')

/** Inputs of the generated pages, of the manifests and of the tests of declarations. */
const parts = [
  'src',
  'test',
  'bench',
  'docs',
  'infra',
  'proto',
  'web/src/api',
  'docker-compose.yml',
  'docker-compose.roles.yml',
  'package.json',
  'tsconfig.json',
]

let copy: string
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'agora-new-context-'))
  for (const name of parts)
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

const inCopy = (...command: readonly string[]) => run(process.execPath, command, { cwd: copy })

/** Text of each file in the copy, by path. */
const filesInCopy = async (): Promise<ReadonlyMap<string, string>> => {
  const entries = await Promise.all(
    parts.map((part) =>
      readdir(join(copy, part), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  )
  const paths = [
    ...parts.filter((part) => part.includes('.')),
    ...entries
      .flat()
      .flatMap((entry) =>
        entry.isFile() ? [relative(copy, join(entry.parentPath, entry.name))] : [],
      ),
  ]
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path, await readFile(join(copy, path), 'utf8')] as const),
    ),
  )
}

/** Paths of files that were added or changed since. */
const changedSince = async (before: ReadonlyMap<string, string>): Promise<readonly string[]> =>
  [...(await filesInCopy())]
    .flatMap(([path, text]) => (before.get(path) === text ? [] : [path]))
    .toSorted()

test('npm run new-context adds a context: its folder, its read model and two lists; npm run docs generates the rest', async () => {
  const before = await filesInCopy()
  const { stdout } = await newContext('auctions')
  expect(stdout).toContain('src/domains/auctions/index.ts')
  const written = await changedSince(before)
  expect(written.filter((path) => before.has(path))).toEqual([
    'src/domains/index.ts',
    'src/projections/index.ts',
  ])
  expect(written.filter((path) => !/^src\/(domains\/auctions\/|projections\/)/.test(path))).toEqual(
    ['src/domains/index.ts'],
  )

  const withContext = await filesInCopy()
  await expect(inCopy('src/docs.ts', '--check')).rejects.toThrow(
    'docker-compose.roles.yml is out of date',
  )
  await inCopy('src/docs.ts')
  expect(await changedSince(withContext)).toEqual([
    'docker-compose.roles.yml',
    'docs/agora.postman_collection.json',
    'docs/asyncapi.json',
    'docs/context-map.md',
    'docs/events.json',
    'docs/events.md',
    'docs/freshness.md',
    'docs/openapi.json',
    'infra/kubernetes/base/api.yaml',
    'test/events/sample.ndjson',
    'web/src/api/http-types.ts',
  ])

  const tested = await inCopy(
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--no-isolate',
    '--maxWorkers=1',
    // As long as in this repository: a busy machine is no failure.
    '--testTimeout=60000',
    '--hookTimeout=60000',
    'src/domains/auctions',
    'src/domains/index.test.ts',
    'src/architecture.test.ts',
    'src/edges/http/access.test.ts',
    'src/projections/indexes.test.ts',
    'test/infra/manifests.test.ts',
  )
  expect(tested.stdout).toMatch(/Tests .*passed/)
  await run(
    join(root, 'node_modules/.bin/oxlint'),
    ['--type-aware', '--type-check', '--deny-warnings', ...written],
    { cwd: copy },
  )
  await expect(newContext('auctions')).rejects.toThrow('exists already')
})

test.each([[], ['Reviews'], ['review'], ['reviews', 'others']])(
  'an invalid name is rejected: %s',
  (...words) => expect(newContext(...words)).rejects.toThrow('Name one context'),
)
