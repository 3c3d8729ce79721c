import { execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventStoreLog } from '../../src/platform/storage/event-log/eventstoredb.ts'
import type { Database } from '../../src/platform/engines/postgres/database.ts'
import { postgresRegistry } from '../../src/platform/messaging/registry/postgres.ts'
import { memoryStreamIndex } from '../../src/platform/storage/stream-index/memory.ts'
import { agoraHere, startAgora, temporaryData } from '../support/agora.ts'
import { placeOrders } from '../support/load.ts'
import { childEnv } from '../support/child-env.ts'
import { ranHere, type Outcome } from '../support/cli.ts'
import { startLogServer } from '../support/log-server.ts'
import { freshDatabase, type TestDatabase } from '../support/postgres.ts'
import { allSettled } from '../support/shop.ts'
import { until } from '../support/until.ts'

const program = join(import.meta.dirname, '../../src/cli.ts')

/** Types a command into a shell; `ranHere` costs far less where the process does not matter. */
const typed = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } => {
  const { promise: outcome, resolve } = Promise.withResolvers<Outcome>()
  const options = { env: { ...childEnv, ...env } }
  const child = execFile(process.execPath, [program, ...args], options, (_, out, stderr) =>
    resolve({ code: child.exitCode, out, stderr }),
  )
  return { child, outcome }
}

const agora = (...args: readonly string[]): Promise<Outcome> => ranHere(args, {})

/** The columns that a copy preserves, in order of positions. */
const recordedIn = ({ database }: TestDatabase) =>
  database.query(
    'SELECT stream, revision, event_id, type, data, metadata, at FROM agora.events ORDER BY position',
  )

const headOf = async ({ query }: Database): Promise<number> =>
  Number((await query<{ position: bigint }>('SELECT position FROM agora.head'))[0]?.position)

/** The log of a used shop, whose Agora is stopped. */
let old: TestDatabase
let events: number
beforeAll(async () => {
  old = await freshDatabase()
  await using data = await temporaryData()
  await using shopping = await startAgora(data.path, { POSTGRES_URL: old.url })
  const { shop } = shopping
  const ada = await shop.register('ada')
  const lamp = await shop.sell(100, 1999, 'Lamp')
  const card = (number: number) => (number % 9 === 0 ? 'tok_declined' : 'tok_ok')
  await placeOrders(ada, (number) => [{ [lamp]: 1 }, card(number)], { atOnce: 8, total: 40 }).over
  await allSettled(ada)
  await shopping.stop()
  events = await headOf(old.database)
})
afterAll(() => old[Symbol.asyncDispose]())

// A dozen processes, one after the other: slow where many tests run.
test('a log is copied to EventStoreDB, with a kill in the middle, and from there to a folder: all are equal', async () => {
  await using far = await freshDatabase()
  await using server = await startLogServer(far.url)
  const there = ['copy', '--from', old.url, '--to', server.url]

  const killed = typed(there)
  await until(
    () => headOf(far.database),
    (head) => head > events / 8,
    { every: 1 },
  )
  killed.child.kill('SIGKILL')
  expect((await killed.outcome).code).toBeNull()
  const before = await headOf(far.database)
  expect(before).toBeLessThan(events)

  const whole = await typed(there).outcome
  expect(whole).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      new RegExp(`^${events.toLocaleString('en')} events, sha256 [0-9a-f]{64}\n$`),
    ),
  })
  expect(whole.stderr).toContain(`${(events - before).toLocaleString('en')} events copied from`)
  expect(await recordedIn(far)).toEqual(await recordedIn(old))

  await using data = await temporaryData()
  const folder = join(data.path, 'agora')
  const back = await agora('copy', '--from', server.url, '--to', folder)
  expect(back).toMatchObject({ code: 0, out: whole.out })
  expect(await agora('copy', '--from', folder, '--to', old.url, '--verify-only')).toMatchObject({
    code: 0,
    out: whole.out,
  })
})

describe('a copy in PostgreSQL', () => {
  let copy: TestDatabase
  beforeAll(async () => {
    copy = await freshDatabase()
    await agora('copy', '--from', old.url, '--to', copy.url)
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  test('is the log, event by event', async () =>
    expect(await recordedIn(copy)).toEqual(await recordedIn(old)))

  test('with one changed letter fails verification, and is not appended to', async () => {
    const change = (from: string, to: string) =>
      copy.database.query<{ position: bigint }>({
        text: `UPDATE agora.events SET data = replace(data::text, $1, $2)::jsonb
               WHERE stream LIKE 'product-%' AND data::text LIKE '%' || $1 || '%' RETURNING position`,
        values: [from, to],
      })
    const [changed] = await change('Lamp', 'Lump')
    const names = ['--from', old.url, '--to', copy.url]
    const found = await agora('copy', ...names, '--verify-only')
    expect(found).toMatchObject({ code: 1, out: '' })
    expect(found.stderr).toMatch(
      new RegExp(`has position ${changed?.position} \\(product-.*; different fields: data\\.`),
    )
    expect(found.stderr).not.toContain('Lump')
    const refused = await agora('copy', ...names)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.stderr).toContain('was left unchanged')
    await change('Lump', 'Lamp')
    expect((await agora('copy', ...names, '--verify-only')).code).toBe(0)
  })
})

test('followers continue with the copy after --switch, which is refused while Agora runs', async () => {
  await using far = await freshDatabase()
  await using server = await startLogServer(far.url)
  await using running = await agoraHere()
  const env = { POSTGRES_URL: running.postgresUrl }
  const command = ['copy', '--from', running.postgresUrl, '--to', server.url, '--switch']
  // Agora may still be creating its admin.
  const early = await until(
    () => ranHere(command, env),
    ({ stderr }) => !stderr.includes('meanwhile: stop Agora'),
  )
  expect(early.code).toBe(1)
  expect(early.stderr).toContain('nothing was switched. An Agora runs on this PostgreSQL')

  // The Agora of the used shop has stopped.
  await using other = await freshDatabase()
  const switched = await ranHere(['copy', '--from', old.url, '--to', other.url, '--switch'], {
    POSTGRES_URL: old.url,
  })
  expect(switched).toMatchObject({ code: 0 })
  expect(switched.stderr).toContain('continue with')
  const [{ named } = { named: '' }] = await old.database.query<{ named: string }>(
    'SELECT named FROM agora.followed_log',
  )
  expect(named).toContain(new URL(other.url).pathname)
})

test.each([
  [['copy', '--from', 'http://x', '--to', 'a'], 2, 'is not a log, such as'],
  [['copy', '--from', 'a', '--to', 'a'], 2, 'the same log'],
  [['copy', '--from', '/no/such/folder', '--to', 'a'], 1, 'There is no log in /no/such/folder'],
  [
    ['copy', '--from', 'postgres://me:secret@127.0.0.1:1/x', '--to', 'a'],
    1,
    'The log in postgres://127.0.0.1:1/x cannot be opened: PostgreSQL cannot be reached',
  ],
  [['serve-log', '--port', '70000'], 2, 'It must be a number up to 65535'],
] as const)('agora %j fails with an instruction', async (args, code, stderr) => {
  const outcome = await agora(...args)
  expect(outcome).toMatchObject({ code, out: '' })
  expect(outcome.stderr).toContain(stderr)
  expect(outcome.stderr).not.toContain('secret')
})

describe('a log that is served', () => {
  /** Serves the log until `stop`. */
  const served = async (...args: readonly string[]) => {
    const { child, outcome } = typed(['serve-log', ...args], { POSTGRES_URL: old.url })
    const [line] = await once(createInterface({ input: child.stdout! }), 'line')
    const url = /^Serving the log at (esdb:\/\/127\.0\.0\.1:\d+\?tls=false)$/.exec(
      String(line),
    )?.[1]
    const log = await eventStoreLog({ url: url ?? '', index: memoryStreamIndex() })
    return {
      log,
      port: new URL(url ?? '').port,
      stop: async (): Promise<Outcome> => {
        await log.close()
        child.kill('SIGTERM')
        return outcome
      },
    }
  }
  const registered = { types: ['UserRegistered'] }
  const nothing = {
    eventId: crypto.randomUUID(),
    type: 'Tried',
    data: {},
    metadata: {
      correlationId: 'x',
      causationId: 'x',
      commandId: 'x',
      actorId: 'x',
      schemaVersion: 1,
    },
  }

  test('is read as recorded, and the server exits with 0', async () => {
    const { log, port, stop } = await served('--writable', '--port', '0')
    const { events: people } = await log.readAll(registered)
    // Personal data was recorded encrypted.
    const recorded = JSON.stringify(people.map(({ data }) => data))
    expect(recorded).toContain('"$sealed":')
    expect(recorded).not.toContain('ada@example.org')
    const twice = await ranHere(['serve-log', '--port', port], { POSTGRES_URL: old.url })
    expect(twice).toMatchObject({ code: 1, out: '' })
    expect(twice.stderr).toMatch(
      new RegExp(`^The log cannot be served: 127\\.0\\.0\\.1:${port} is in use by .*set --port`),
    )
    const ended = await stop()
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain('without a password')
  })

  test('is read-only and masked by default', async () => {
    const { log, stop } = await served('--port', '0')
    const { events: people } = await log.readAll(registered)
    expect(people.length).toBeGreaterThan(0)
    expect(JSON.stringify(people.map(({ data }) => data))).not.toContain('ada@example.org')
    await expect(log.append('thing-1', 'any', [nothing])).rejects.toThrow(/./)
    expect(await headOf(old.database)).toBe(events)
    expect(await stop()).toMatchObject({ code: 0 })
  })

  test('can be served read-only beside a running Agora, but not writable', async () => {
    await using agora = await agoraHere()
    const env = { POSTGRES_URL: agora.postgresUrl }
    const refused = await ranHere(['serve-log', '--writable', '--port', '0'], env)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.stderr).toContain(`an Agora runs on it (${agora.shop.url}`)
    expect(refused.stderr).not.toContain('    at ')
    const both = await ranHere(['serve-log', '--writable', '--read-only'], env)
    expect(both.code).toBe(2)

    const { child, outcome } = typed(['serve-log', '--port', '0'], env)
    const [line] = await once(createInterface({ input: child.stdout! }), 'line')
    const url = /esdb:\S+/.exec(String(line))?.[0] ?? ''
    const log = await eventStoreLog({ url, index: memoryStreamIndex() })
    const { id } = await agora.shop.register('eve')
    const granted = { ...nothing, type: 'RoleGranted', data: { role: 'admin' } }
    await expect(log.append(`account-${id}`, 'any', [granted])).rejects.toThrow(/./)
    await log.close()
    child.kill('SIGTERM')
    expect(await outcome).toMatchObject({ code: 0 })
  })

  test('stops being served writable once an Agora starts on it', async () => {
    await using quiet = await freshDatabase()
    const { child, outcome } = typed(['serve-log', '--writable', '--port', '0'], {
      POSTGRES_URL: quiet.url,
    })
    await once(createInterface({ input: child.stdout! }), 'line')
    const [id, url] = [crypto.randomUUID(), 'http://127.0.0.1:9']
    const registry = postgresRegistry(quiet.database)
    await registry.register({ id, url, roles: ['api'], services: ['ordering'] })
    const ended = await outcome
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain(`no longer served: an Agora runs on it (${url})`)
  })
})
