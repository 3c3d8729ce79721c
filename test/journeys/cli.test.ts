import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import {
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { postgresArchives } from '../../src/platform/storage/archives/postgres.ts'
import { diskBlobs } from '../../src/platform/storage/blobs/disk.ts'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { migrate } from '../../src/platform/engines/postgres/migrate.ts'
import { ranHere, typed } from '../support/cli.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

const admin = { email: 'root@agora.example', password: 'a root password' }
const buyer = { email: 'ada@agora.example', username: 'ada', password: 'a long password' }

let database: TestDatabase
let app: App
let folder: string
let env: Record<string, string>

/** In a process of its own. */
const agora = (args: readonly string[]) => typed(args, env)
const ask = (...args: readonly string[]) => ranHere(args, env)
const askWith = (changes: Record<string, string>, ...args: readonly string[]) =>
  ranHere(args, { ...env, ...changes })

const post = async (path: string, body: object): Promise<void> => {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-cli-'))
  database = await startedDatabase()
  const config = readConfig({
    PORT: '0',
    AGORA_DATA: join(folder, 'data'),
    RATE_LIMIT: 'off',
    LOG_DIGEST_EVERY: '10ms',
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
  })
  app = await startApp(config, { postgresUrl: database.url, logger: pino({ level: 'silent' }) })
  env = {
    AGORA_DATA: join(folder, 'data'),
    AGORA_URL: app.url,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
  }
  const { email, password } = buyer
  await post('/auth/register', buyer)
  await post('/auth/login', { email, password })
  // What the lists below show is a moment behind.
  const ended = async () => (await ask('sagas', '--state', 'ended', '--json')).out.match(/"id"/g)
  // The registrations and the welcomes of both.
  await until(ended, (runs) => runs?.length === 4)
})

afterAll(async () => {
  await app?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const linesOf = (ndjson: string): Record<string, unknown>[] =>
  ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('the command line', () => {
  test('says how to use it when it cannot make sense of a command', async () => {
    const [unknown, none, half, bad, url, help] = await Promise.all([
      agora(['frobnicate']),
      ask(),
      ask('rebuild'),
      ask('replay', '--from', 'yesterday'),
      ask('projections', '--url', 'nowhere'),
      agora(['--help']),
    ])
    expect([unknown, none, half, bad, url].map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
    expect(unknown.stderr).toContain("unknown command 'frobnicate'")
    expect(none.stderr).toContain('Usage: agora')
    expect(half.stderr).toContain("missing required argument 'name'")
    expect(bad.stderr).toBe(
      '--from cannot be "yesterday"; use a position like 1200, or a time like 2030-01-31T12:00:00Z.\n',
    )
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.out).toContain('replay')
  })

  test('says so when no Agora answers, or it is not let in', async () => {
    const [unreachable, stranger] = await Promise.all([
      askWith({ AGORA_URL: 'http://127.0.0.1:1' }, 'projections'),
      askWith({ ADMIN_PASSWORD: 'a guess' }, 'projections'),
    ])
    expect(unreachable).toEqual({
      code: 1,
      out: '',
      stderr:
        'No Agora answers at http://127.0.0.1:1. Start one with "npm start", or set the URL of another one with --url.\n',
    })
    expect(stranger.code).toBe(1)
    expect(stranger.stderr).toContain(`rejected the password of ${admin.email}`)
  })

  test('lists what there is, for people and for programs, without colours for either here', async () => {
    const [models, json, sagas, none, letters, categories, streams] = await Promise.all([
      agora(['projections']),
      ask('projections', '--json'),
      ask('sagas', '--state', 'ended'),
      ask('sagas', '--state', 'parked'),
      ask('dead-letters'),
      ask('categories'),
      ask('streams', '--category', 'account', '--limit', '1'),
    ])
    expect(models.out).toMatch(/^NAME +VERSION +GENERATION +STORE +STATUS +POSITION /)
    expect(models.out).toMatch(/^orders +\d+ +1 +postgres +live +\d+ +\d+ +\d+\.\d +1 s +.*0$/m)
    expect(models.out).not.toContain('\u001b')
    expect(JSON.parse(json.out).projections).toContainEqual(
      expect.objectContaining({ name: 'orders', store: 'postgres', status: 'live', parked: 0 }),
    )
    expect(sagas.out).toMatch(/^registration +[0-9a-f-]{36} +ended /m)
    expect([none.out, letters.out]).toEqual(['There are none.\n', 'There are none.\n'])
    expect(categories.out).toMatch(/^account +2 +\d+$/m)
    expect(streams.out).toMatch(/^account-[0-9a-f-]{36} +\d+ /m)
    expect(streams.stderr).toBe('There are more streams; increase --limit to list them.\n')
  })

  test('shows a saga move by move', async () => {
    const { sagas } = JSON.parse((await ask('sagas', '--json')).out)
    const { code, out } = await ask('saga', sagas[0].id)
    expect(code).toBe(0)
    expect(out).toMatch(/RegistrationSagaStarted +UserRegistered → Confirm/)
  })

  test('rebuilds a read model, up to the switch, and tells how it compares', async () => {
    const { code, out, stderr } = await ask('rebuild', 'accounts')
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Rebuilding accounts {2}█+ {2}100 % .* in .*s\n$/m)
    expect(out).toBe(
      'accounts answers from generation 2 now.\nCompared with the one before: all 2 documents the same.\n',
    )
    const { out: models } = await ask('projections')
    expect(models).toMatch(/^accounts +\d+ +2 +postgres +live /m)
  })

  test('begins a rebuild without waiting, and knows what it cannot rebuild', async () => {
    const [begun, unknown] = await Promise.all([
      ask('rebuild', 'products', '--no-wait'),
      ask('rebuild', 'nothing'),
    ])
    expect(begun).toMatchObject({ code: 0, stderr: '' })
    expect(begun.out).toContain('products is being rebuilt')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain(
      'There is no read model nothing; the read models are: accounts,',
    )
  })

  test('lets a read model rest, and go on', async () => {
    expect((await ask('pause', 'payments')).out).toContain('payments is paused')
    expect((await ask('projections')).out).toMatch(/^payments +.* paused /m)
    expect(await ask('resume', 'payments')).toMatchObject({ code: 0 })
    expect((await ask('projections')).out).toMatch(/^payments +.* live /m)
  })

  test('tells of what is not there', async () => {
    const [saga, run, letter, model] = await Promise.all([
      ask('saga', 'nothing'),
      ask('saga', 'nothing', '--retry'),
      ask('dead-letters', 'retry', 'nothing'),
      ask('pause', 'nothing'),
    ])
    expect([saga, run, letter, model].map(({ code }) => code)).toEqual([1, 1, 1, 1])
    expect(letter.stderr).toMatch(/^There is no such dead letter\..*\n$/)
  })
})

describe('a replay', () => {
  test('holds exactly the wanted events, masked, whichever way it was read', async () => {
    const wanted = ['--category', 'account,session', '--type', 'UserRegistered,PasswordSet']
    const file = join(folder, 'accounts.ndjson')
    const direct = { POSTGRES_URL: database.url }
    const [http, toFile] = await Promise.all([
      ask('replay', ...wanted),
      askWith(direct, 'replay', ...wanted, '--out', file, '--direct'),
    ])
    expect([http.code, toFile.code]).toEqual([0, 0])
    expect(toFile.out).toBe('')
    expect(toFile.stderr).toMatch(/100 %[^\n]*\n4 events in .*accounts\.ndjson, after .*\n$/)

    const written = await readFile(file, 'utf8')
    expect(http.out).toBe(written)
    const events = linesOf(written)
    expect(events.map(({ type }) => type)).toEqual([
      'UserRegistered',
      'PasswordSet',
      'UserRegistered',
      'PasswordSet',
    ])
    expect(events[2]).toMatchObject({
      revision: 0,
      stream: expect.stringMatching(/^account-/),
      position: expect.stringMatching(/^\d+$/),
      data: { email: '***', username: '***', roles: ['buyer'] },
      metadata: { correlationId: expect.any(String) },
    })
    expect(events[3]).toMatchObject({ data: { passwordHash: '***' } })
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('partial'))
  })

  test('of everything tells no e-mail address, no password and no token', async () => {
    const { code, out, stderr } = await askWith(
      { POSTGRES_URL: database.url },
      'replay',
      '--direct',
    )
    expect(code).toBe(0)
    expect(linesOf(out).length).toBeGreaterThan(10)
    expect(stderr).toContain('100 %')
    for (const secret of ['@agora.example', '$argon2', buyer.password])
      expect(out).not.toContain(secret)
    const hashes = linesOf(out).flatMap(({ data }) =>
      Object.entries(data as object).flatMap(([name, value]) =>
        /hash|token/i.test(name) ? [value] : [],
      ),
    )
    expect(new Set(hashes)).toEqual(new Set(['***']))
  })

  test('begins and ends at positions or at times', async () => {
    const all = linesOf((await ask('replay', '--to', '6')).out)
    expect(all.map(({ position }) => position)).toEqual(['1', '2', '3', '4', '5', '6'])
    const at = (index: number): string => String(all[index]?.['at'])
    const [positions, times, none] = await Promise.all([
      ask('replay', '--from', '3', '--to', '5'),
      ask('replay', '--from', at(2), '--to', at(4)),
      ask('replay', '--to', '2000-01-01'),
    ])
    expect(linesOf(positions.out)).toEqual(all.slice(2, 5))
    expect(linesOf(times.out)).toEqual(
      linesOf((await ask('replay')).out).filter(
        (event) => String(event['at']) >= at(2) && String(event['at']) <= at(4),
      ),
    )
    expect(none).toMatchObject({ code: 0, out: '' })
  })

  test('does not write over a file unless it is forced to', async () => {
    const file = join(folder, 'there.ndjson')
    await writeFile(file, 'mine')
    const refused = await ask('replay', '--out', file)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toBe(`${file} already exists; add --force to replace it.\n`)
    expect(await readFile(file, 'utf8')).toBe('mine')
    const forced = await ask('replay', '--out', file, '--force', '--type', 'UserRegistered')
    expect(forced.code).toBe(0)
    expect(linesOf(await readFile(file, 'utf8')).length).toBe(2)
  })

  test('says so when it has no log to read, or the wrong one', async () => {
    const [nothing, wrong] = await Promise.all([
      askWith({ AGORA_DATA: join(folder, 'none') }, 'replay', '--direct'),
      askWith({ POSTGRES_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'replay', '--direct'),
    ])
    expect([nothing.code, wrong.code]).toEqual([1, 1])
    expect(nothing.stderr).toContain('There is no log to read directly; set POSTGRES_URL')
    expect(wrong.stderr).toContain('The log cannot be read from the PostgreSQL of POSTGRES_URL')
  })

  test('verifies the log, and names the event of which a byte was flipped', async () => {
    const verify = (...args: readonly string[]) =>
      askWith({ POSTGRES_URL: database.url }, 'verify-log', ...args)
    const heads = async () =>
      database.database.query<{ head: bigint; chained: bigint | null }>(
        `SELECT position AS head, (SELECT max(position) FROM agora.log_digests) AS chained FROM agora.head`,
      )
    await until(heads, ([row]) => row?.head === row?.chained)
    const before = await verify()
    expect(before.code).toBe(0)
    expect(before.stderr).toMatch(/ signatures? of the chain are valid\./)
    const digest = before.out.trim()
    expect(digest).toMatch(/^\d+:[0-9a-f]{64}$/)
    const flip = (from: string, to: string) =>
      database.database.query({
        text: `UPDATE agora.events SET metadata = replace(metadata::text, $1, $2)::jsonb WHERE position = 3`,
        values: [from, to],
      })
    await flip('"actorId"', '"actorIe"')
    const after = await verify('--expect', digest)
    await flip('"actorIe"', '"actorId"')
    expect(after.code).toBe(1)
    expect(after.out).toMatch(
      /^The event at position 3 is not the one that was recorded: \S+, revision \d+, \w+ \(/,
    )
    expect(await verify('--expect', digest)).toMatchObject({ code: 0, out: before.out })
    const wrong = digest.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    expect((await verify('--expect', wrong)).code).toBe(1)
    expect((await verify('--expect', 'nonsense')).code).toBe(2)
  })

  test('archives nothing that is not closed; what is archived is rebuilt from and goes on', async () => {
    const here = { POSTGRES_URL: database.url }
    expect((await askWith(here, 'archive')).out).toMatch(/^session +0 +0$/m)
    const archives = postgresArchives(
      database.database,
      await diskBlobs(join(folder, 'data', 'blobs')),
    )
    const rows = await database.database.query<{ stream: string }>(
      `SELECT DISTINCT stream FROM agora.events WHERE split_part(stream, '-', 1) IN ('account', 'email')`,
    )
    expect(await archives.archive(rows.map(({ stream }) => stream))).toBeDefined()
    const rebuilt = await ask('rebuild', 'accounts')
    expect(rebuilt.code).toBe(0)
    expect(rebuilt.out).toMatch(/Compared with the one before: all \d+ documents the same/)
    const { email, password } = buyer
    await post('/auth/login', { email, password })
    expect((await askWith(here, 'restore-archive', '--all')).code).toBe(0)
    expect((await askWith(here, 'verify-log')).code).toBe(0)
  })

  test('reads an embedded PostgreSQL, and starts one for as long as it takes', async () => {
    const data = join(folder, 'embedded')
    const here = { AGORA_DATA: data, AGORA_URL: '' }
    {
      await using postgres = await startEmbeddedPostgres({ folder: data })
      const own = openDatabase(postgres.url, { connections: 2 })
      await migrate(own)
      const log = await postgresEventLog(own)
      const metadata = {
        correlationId: 'c',
        causationId: 'c',
        commandId: 'c',
        actorId: 'test',
        schemaVersion: 1,
      }
      const eventId = '00000000-0000-4000-8000-000000000000'
      const event = { eventId, type: 'UsernameReleased', data: {}, metadata }
      await log.append('username-ada', 'none', [event])
      const running = await askWith(here, 'replay')
      expect(running.code).toBe(0)
      expect(linesOf(running.out)).toMatchObject([{ stream: 'username-***', position: '1' }])
      await log.close()
      await own.close()
    }
    const stopped = await askWith(here, 'replay', '--direct')
    expect(stopped.code).toBe(0)
    expect(linesOf(stopped.out)).toMatchObject([{ stream: 'username-***', position: '1' }])
    const verified = await askWith(here, 'verify-log', '--json')
    expect(verified.code).toBe(0)
    expect(JSON.parse(verified.out)).toMatchObject({ read: 1, faults: [] })
    expect(await findEmbeddedPostgres(data)).toBeUndefined()
  })
})
