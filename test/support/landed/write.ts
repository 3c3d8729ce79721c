/**
 * Writes a fixture of `test/journeys/landed.test.ts`: a data folder that a commit has written.
 *
 *     node scripts/run.mjs test/support/landed/write.ts <commit>
 *
 * Each release that is to be upgraded from gets one. The commit is checked out within this one and uses its packages.
 */
import { execFile } from 'node:child_process'
import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
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
import { writeLandedFolder, type LandedFolder } from './landed-folder.ts'
import { tellStory } from './story.ts'
import { operatedEnv } from './story-operations.ts'

const root = resolve(import.meta.dirname, '../../..')
const git = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('git', [...args], { cwd: root })).stdout.trim()

/** A key of tests alone: whoever reads this file has it. */
const testSecret = 'a-test-key-that-everybody-knows-and-that-protects-nothing'

/** Files and folders of a data folder that a fixture goes without: the database, locks, what only a running process needs, mails, logs. */
const leftOut = /^(postgres|outbox|logs)\/|^(holder\.json|lock-journal|lock|url)$/

/** All other files of a data folder, by their path: those that are texts, and the others in base64. */
const filesOf = async (data: string): Promise<Pick<LandedFolder, 'files' | 'binaries'>> => {
  const entries = await readdir(data, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)))
    .filter((path) => !leftOut.test(path))
  const all = await Promise.all(
    paths.toSorted().map(async (path) => [path, await readFile(join(data, path))] as const),
  )
  return {
    files: Object.fromEntries(
      all.flatMap(([path, bytes]) => (isUtf8(bytes) ? [[path, String(bytes)]] : [])),
    ),
    binaries: Object.fromEntries(
      all.flatMap(([path, bytes]) => (isUtf8(bytes) ? [] : [[path, bytes.toString('base64')]])),
    ),
  }
}

const never = `'{expiresAt}', '"9999-12-31T00:00:00.000Z"'`

/**
 * Sessions end after 30 days, and the fixture is read for years: this one moment is not what the commit wrote. It is changed
 * as the event is recorded, so that digests of the log agree with it.
 */
const sessionsWithoutEnd = `
  CREATE FUNCTION agora.without_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.data := jsonb_set(NEW.data, ${never});
    RETURN NEW;
  END $$;
  CREATE TRIGGER without_end BEFORE INSERT ON agora.events FOR EACH ROW
    WHEN (NEW.type = 'UserLoggedIn') EXECUTE FUNCTION agora.without_end()`

/** Removes the trigger. The read model has folded the event as it was before. */
const sessionsAsRecorded = `
  DROP TRIGGER without_end ON agora.events;
  DROP FUNCTION agora.without_end;
  UPDATE read.sessions SET doc = jsonb_set(doc, ${never})`

/**
 * Deadlines of days (an order of a gig that is overdue or accepted by silence, a review that is unsealed) would have passed:
 * they are put off, as what the commit acknowledged is read first. Those of minutes pass while any Agora is down.
 */
const deadlinesWithoutEnd = `
  UPDATE agora.jobs SET due_at = '9999-12-31' WHERE state = 'open' AND due_at > now() + interval '1 hour'`

/** A parked event, as a run of a saga leaves it that meets an error in its rules. */
const deadLetter = `
  INSERT INTO agora.dead_letters (id, kind, name, key, position, type, error)
  VALUES ('${randomUUID()}', 'saga', 'fulfilment', '${randomUUID()}', 1, 'OrderPlaced', 'Error: parked by a test')`

const [revision = 'HEAD'] = process.argv.slice(2)
const commit = await git('rev-parse', '--short=7', revision)
await using place = await temporaryData()
// Its packages are found in the folders above. They are not linked: processes that decode pictures may read no links.
const checkout = join(root, '.agora', `landed-${commit}`)
const data = join(place.path, 'data')
const scratchFolder = join(place.path, 'scratch')
await git('worktree', 'add', '--detach', checkout, commit)
try {
  await mkdir(data, { mode: 0o700 })
  await writeFile(join(data, 'secret'), `${testSecret}\n`, { mode: 0o600 })
  const main = join(checkout, 'src/main.ts')
  // The commit creates the database: outside of tests, there is none to copy.
  await mkdir(join(data, 'postgres'))
  const env = { ADMIN_EMAIL: '', ADMIN_PASSWORD: '', ...operatedEnv }
  let story
  {
    await using agora = await startAgora(data, env, main)
    const admin = JSON.parse(await readFile(join(data, 'admin.json'), 'utf8'))
    const { email, password } = admin
    const shop = shopAt(agora.url, { email, password })
    const running = openDatabase((await findEmbeddedPostgres(data)) ?? '', { connections: 1 })
    await running.query(deadLetter)
    await running.query(sessionsWithoutEnd)
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
  await database.query(sessionsAsRecorded)
  await database.query(deadlinesWithoutEnd)
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
  const { folder, size } = await writeLandedFolder({ commit, ...files, sql, story })
  console.log(
    `${relative(root, folder)}: ${before.length} relations, functions and rows in ${size} bytes, with ${Object.values(files).flatMap(Object.keys).join(', ')}`,
  )
} finally {
  await git('worktree', 'remove', '--force', checkout)
}
