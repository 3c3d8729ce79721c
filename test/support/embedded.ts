import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { findBinaries } from '../../src/platform/engines/embedded/binaries.ts'
import type { EmbeddedOptions } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { stopLeftovers } from '../../src/platform/engines/embedded/leftovers.ts'
import type { ModeName } from '../../src/platform/engines/embedded/launch-mode.ts'

export const isRoot = process.getuid?.() === 0

/** The ways of running PostgreSQL that this machine and this user allow. */
export const possibleModes: readonly ModeName[] = !isRoot
  ? ['direct', 'direct+copy']
  : spawnSync('unshare', ['--user', '--map-user=65534', 'true']).status === 0
    ? ['userns', 'drop', 'drop+copy']
    : ['drop', 'drop+copy']

/** A temporary folder that only we can enter, removed with all in it. */
export const temporaryFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'agora-embedded-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Runs statements, one after the other, on a connection of their own. @returns the rows of the last */
export const ask = async (
  url: string,
  ...statements: readonly string[]
): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) ({ rows } = await client.query(statement))
    return rows
  } finally {
    await client.end()
  }
}

const root = resolve(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

/** Report of the process in `embedded-process.ts`: the line that it prints. */
export type Report = {
  readonly url: string
  readonly pid: number
  readonly mode: ModeName
  readonly error?: string
}

export type Starter = AsyncDisposable & {
  readonly child: ChildProcess
  /** Resolves when PostgreSQL runs, or could not be started. */
  readonly report: Promise<Report>
  /** `kill -9`, of this process alone. */
  readonly kill: () => Promise<void>
}

/** Starts an embedded PostgreSQL in another process. */
export const startElsewhere = (
  options: EmbeddedOptions,
  {
    checkout = root,
    node = process.execPath,
    uid,
    path = process.env.PATH,
  }: {
    readonly checkout?: string
    readonly node?: string
    readonly uid?: number
    readonly path?: string | undefined
  } = {},
): Starter => {
  const child = spawn(
    node,
    [join(checkout, 'test/support/embedded-process.ts'), JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: path },
      cwd: '/',
      ...(uid !== undefined && { uid, gid: uid }),
    },
  )
  const exited = once(child, 'exit')
  const report = once(createInterface({ input: child.stdout! }), 'line').then(
    ([line]) => JSON.parse(String(line)) as Report,
  )
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const dispose = async () => {
    await kill()
    // The folder is removed next, and PostgreSQL would still write to it.
    for (const name of ['postgres', 'postgres.new'])
      await stopLeftovers(join(options.folder, name, 'data'))
  }
  return { child, report, kill, [Symbol.asyncDispose]: dispose }
}

/**
 * Copies what the embedded PostgreSQL needs of this checkout, as it is after `npm ci --ignore-scripts`: without the
 * links between its libraries.
 * @param options.withNode brings Node's binary along, for users who cannot reach ours
 */
export const copyCheckout = async (
  to: string,
  { withNode = false }: { readonly withNode?: boolean } = {},
): Promise<{ readonly checkout: string; readonly node: string }> => {
  const { folder } = await findBinaries()
  const packages = {
    'embedded-postgres': dirname(dirname(require.resolve('embedded-postgres'))),
    [`@embedded-postgres/${process.platform}-${process.arch}`]: dirname(folder),
  }
  const parts = [
    'src/platform/engines/embedded',
    'src/platform/engines/listening',
    'src/kernel/error-message.ts',
    'test/support/embedded-process.ts',
  ]
  for (const part of parts) await cp(join(root, part), join(to, part), { recursive: true })
  for (const [name, source] of Object.entries(packages))
    await copyWithoutLinks(source, join(to, 'node_modules', name))
  await writeFile(
    join(to, 'package.json'),
    '{"type":"module","imports":{"#kernel/*":"./src/kernel/*.ts"}}',
  )
  const node = withNode ? join(to, 'node') : process.execPath
  if (withNode) await share(process.execPath, node)
  return { checkout: to, node }
}

const copyWithoutLinks = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyWithoutLinks(source, target)
    else if (entry.isFile()) await share(source, target)
  }
}

/** Links a large file, or copies it to another disk. */
const share = (from: string, to: string): Promise<void> =>
  link(from, to).catch(() => copyFile(from, to))
