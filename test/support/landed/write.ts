/**
 * Writes a fixture of `test/journeys/landed.test.ts`: a data folder that a commit has written.
 *
 *     node scripts/run.mjs test/support/landed/write.ts <commit>
 *
 * Each release that is to be upgraded from gets one. The commit is checked out beside this one and uses its packages.
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import {
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../../../src/platform/engines/postgres/database.ts'
import { startAgora, temporaryData } from '../agora.ts'
import { shopAt } from '../shop.ts'
import { describeDatabase, dumpDatabase } from './dump-database.ts'
import { writeLandedFolder } from './landed-folder.ts'
import { tellStory } from './story.ts'

const root = resolve(import.meta.dirname, '../../..')
const git = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('git', [...args], { cwd: root })).stdout.trim()

/** A key of tests alone: whoever reads this file has it. */
const testSecret = 'a-test-key-that-everybody-knows-and-that-protects-nothing'

/** Files and folders of a data folder that a fixture goes without: the database, locks, what only a running process needs, mails. */
const leftOut = /^(postgres|outbox)\/|^(holder\.json|lock-journal|lock|url)$/

/** All other files of a data folder, by their path. */
const filesOf = async (data: string): Promise<Readonly<Record<string, string>>> => {
  const entries = await readdir(data, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)))
    .filter((path) => !leftOut.test(path))
  const texts = paths
    .toSorted()
    .map(async (path) => [path, await readFile(join(data, path), 'utf8')])
  return Object.fromEntries(await Promise.all(texts))
}

/** Sessions end after 30 days, and the fixture is read for years: this one moment is not what the commit wrote. */
const sessionsWithoutEnd = async (query: (sql: string) => Promise<unknown>): Promise<void> => {
  const never = `'{expiresAt}', '"9999-12-31T00:00:00.000Z"'`
  await query(
    `UPDATE agora.events SET data = jsonb_set(data, ${never}) WHERE type = 'UserLoggedIn'`,
  )
  await query(`UPDATE read.sessions SET doc = jsonb_set(doc, ${never})`)
}

/** A parked event, as a run of a saga leaves it that meets an error in its rules. */
const deadLetter = `
  INSERT INTO agora.dead_letters (id, kind, name, key, position, type, error)
  VALUES ('${randomUUID()}', 'saga', 'fulfilment', '${randomUUID()}', 1, 'OrderPlaced', 'Error: parked by a test')`

const [revision = 'HEAD'] = process.argv.slice(2)
const commit = await git('rev-parse', '--short=7', revision)
await using place = await temporaryData()
const checkout = join(place.path, 'checkout')
const data = join(place.path, 'data')
const scratchFolder = join(place.path, 'scratch')
await git('worktree', 'add', '--detach', checkout, commit)
try {
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  await mkdir(data, { mode: 0o700 })
  await writeFile(join(data, 'secret'), `${testSecret}\n`, { mode: 0o600 })
  const main = join(checkout, 'src/main.ts')
  const env = { ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }
  let story
  {
    await using agora = await startAgora(data, env, main)
    const admin = JSON.parse(await readFile(join(data, 'admin.json'), 'utf8'))
    const { email, password } = admin
    const shop = shopAt(agora.url, { email, password })
    const running = openDatabase((await findEmbeddedPostgres(data)) ?? '', { connections: 1 })
    await running.query(deadLetter)
    await running.close()
    story = await tellStory({ ...agora, shop }, { email, password })
  }
  const migrationsFolder = join(checkout, 'infra/postgres')
  const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql'))
  const migrations = await Promise.all(
    names.toSorted().map((name) => readFile(join(migrationsFolder, name), 'utf8')),
  )
  await using postgres = await startEmbeddedPostgres({ folder: data })
  await using scratchServer = await startEmbeddedPostgres({ folder: scratchFolder })
  await using parts = new AsyncDisposableStack()
  const opened = (url: string) =>
    parts.adopt(openDatabase(url, { connections: 1 }), (it) => it.close())
  const database = opened(postgres.url)
  await sessionsWithoutEnd(database.query)
  const sql = await dumpDatabase(database, migrations, opened(scratchServer.url))

  // The dump restores everything, or is no fixture.
  await opened(scratchServer.url).query('CREATE DATABASE restored')
  const restoredUrl = new URL(scratchServer.url)
  restoredUrl.pathname = '/restored'
  const restored = opened(restoredUrl.href)
  await restored.query(sql)
  const [before, after] = [await describeDatabase(database), await describeDatabase(restored)]
  if (!isDeepStrictEqual(before, after)) {
    const [had, has] = [new Set(before), new Set(after)]
    console.error('Lost:', before.filter((line) => !has.has(line)).slice(0, 5))
    console.error('Added:', after.filter((line) => !had.has(line)).slice(0, 5))
    throw new Error('The dump does not restore the database that was dumped')
  }
  const files = await filesOf(data)
  const { folder, size } = await writeLandedFolder({ commit, files, sql, story })
  console.log(
    `${relative(root, folder)}: ${before.length} relations, functions and rows in ${size} bytes, with ${Object.keys(files).join(', ')}`,
  )
} finally {
  await git('worktree', 'remove', '--force', checkout)
}
