import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type App } from '../../src/app.ts'
import type { MaskedEvent } from '../../src/edges/cli/answers.ts'
import { readManifest } from '../../src/edges/cli/manifest.ts'
import { readConfig } from '../../src/config.ts'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { serveEventStore } from '../../src/edges/eventstore-protocol/endpoint.ts'
import { contentsOf } from '../support/contents.ts'
import { childEnv } from '../support/child-env.ts'
import { temporaryData } from '../support/agora.ts'
import { program, ranHere, typed } from '../support/cli.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { root, shopAt, type Person, type Shop } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

const everything = new AsyncDisposableStack()

let database: TestDatabase
let app: App
let shop: Shop
let buyer: Person
let folder: string
let env: Readonly<Record<string, string>>

/** What an analyst writes in an empty folder: the example of the documentation. */
const example = join(import.meta.dirname, '../../docs/what-if-example.ts')
let spending: string

/** In a process of its own, in the folder. */
const agora = (...args: readonly string[]) => typed(args, env, folder)
const here = (...args: readonly string[]) => ranHere(args, env)
const ask = (...args: readonly string[]) => here(...args, '--http')

/** A file or folder of this test. */
const at = (name: string): string => join(folder, name)

const eventsIn = (ndjson: string): MaskedEvent[] =>
  ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

const manifestOf = (name: string) => readManifest(join(at(name), 'manifest.json'))

const startOn = (url: string, data: string): Promise<App> => {
  const config = readConfig({
    PORT: '0',
    RATE_LIMIT: 'off',
    AGORA_DATA: at(data),
    ADMIN_EMAIL: root.email,
    ADMIN_PASSWORD: root.password,
  })
  return startApp(config, { postgresUrl: url, logger: pino({ level: 'silent' }) })
}

/** A buyer whose orders have ended, one of them rejected. */
const customerOf = async (shop: Shop): Promise<Person> => {
  const person = await shop.register()
  const product = await shop.sell(10, 250)
  for (const pieces of [1, 2, 3, 50]) await person.settled(await person.buy({ [product]: pieces }))
  return person
}

beforeAll(async () => {
  database = everything.use(await startedDatabase())
  folder = everything.use(await temporaryData()).path
  app = everything.use(await startOn(database.url, 'data'))
  shop = shopAt(app.url)
  const { token } = await shop.admin()
  // With a token there is no sign-in, which would append an event.
  env = { POSTGRES_URL: database.url, AGORA_URL: app.url, AGORA_TOKEN: token }
  buyer = await customerOf(shop)
  spending = await readFile(example, 'utf8')
  await writeFile(at('spending.ts'), spending)
})

afterAll(() => everything.disposeAsync())

describe('an export', () => {
  test('holds the events of a replay, in every format, over HTTP and directly, described by its manifest', async () => {
    const range = ['--from', '2', '--to', '80', '--category', 'order,account,payment']
    const [replayed, ndjson, parquet, http] = await Promise.all([
      here('replay', ...range, '--direct'),
      agora('export', ...range, '--out', 'ndjson', '--direct'),
      here('export', ...range, '--out', at('parquet'), '--format', 'parquet', '--direct'),
      here('export', ...range, '--out', at('a/new/folder'), '--http'),
    ])
    expect([replayed, ndjson, parquet, http].map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect([ndjson, parquet, http].map(({ out }) => out)).toEqual(['', '', ''])
    expect(ndjson.stderr).toMatch(/\d+ events in ndjson\/events\.ndjson \([\d,]+ bytes\), after /)

    const lines = await readFile(at('ndjson/events.ndjson'), 'utf8')
    expect(lines).toBe(replayed.out)
    expect(await readFile(at('a/new/folder/events.ndjson'), 'utf8')).toBe(lines)
    const events = eventsIn(lines)
    expect(events.length).toBeGreaterThan(10)
    const columns = await readFile(at('parquet/events.parquet'))
    const rows = await parquetReadObjects({ file: new Uint8Array(columns).buffer })
    expect(
      rows.map(({ event_id, stream, type, revision, position, at, data, metadata }) => ({
        eventId: event_id,
        stream,
        type,
        revision,
        position: String(position),
        at: at.toISOString(),
        data,
        metadata,
      })),
    ).toEqual(events)

    const manifest = await manifestOf('ndjson')
    expect(manifest).toMatchObject({
      source: 'direct',
      filter: { categories: ['order', 'account', 'payment'] },
      range: { from: { position: '2' }, to: { position: '80' }, after: '1', last: '80' },
      events: {
        count: events.length,
        first: events[0]?.position,
        last: events.at(-1)?.position,
      },
      files: [
        {
          name: 'events.ndjson',
          bytes: Buffer.byteLength(lines),
          sha256: createHash('sha256').update(lines).digest('hex'),
        },
      ],
    })
    expect(Object.values(manifest.events.types).reduce((sum, count) => sum + count, 0)).toBe(
      events.length,
    )
    const others = await Promise.all([manifestOf('parquet'), manifestOf('a/new/folder')])
    for (const other of others) expect(other.events).toEqual(manifest.events)
    expect(JSON.stringify(others)).not.toContain('postgres:')
  })

  test('is the same when the log lies in EventStoreDB', async () => {
    await using parts = new AsyncDisposableStack()
    const log = parts.adopt(await postgresEventLog(database.database), (it) => it.close())
    const endpoint = parts.adopt(
      await serveEventStore({
        log,
        host: '127.0.0.1',
        port: 0,
        writable: true,
        masked: (event) => event,
      }),
      (it) => it.close(),
    )
    const range = ['--from', '3', '--to', '90', '--category', 'order,account', '--direct']
    const [served, own] = await Promise.all([
      ranHere(['export', ...range, '--out', at('served')], {
        ...env,
        EVENTSTORE_URL: endpoint.url,
      }),
      here('export', ...range, '--out', at('own')),
    ])
    expect([served.stderr, served.code, own.code]).toEqual([expect.any(String), 0, 0])
    const [one, other] = await Promise.all(['served', 'own'].map(manifestOf))
    expect([one?.source, one?.events]).toEqual(['direct', other?.events])
    expect(one?.events.count).toBeGreaterThan(10)
    expect(await readFile(at('served/events.ndjson'), 'utf8')).not.toContain(buyer.email)
  })

  test.each(['ndjson', 'parquet'])('of the same range has the same bytes: %s', async (format) => {
    const [one, other] = [`one-${format}`, `other-${format}`]
    for (const out of [one, other])
      expect((await ask('export', '--to', '60', '--format', format, '--out', at(out))).code).toBe(0)
    const file = `events.${format}`
    const bytes = await readFile(join(at(one), file))
    expect(bytes.equals(await readFile(join(at(other), file)))).toBe(true)
  })

  test('can be repeated from its manifest after later events, and a difference is reported', async () => {
    const { code } = await ask(
      'export',
      '--out',
      at('before'),
      '--type',
      'OrderPlaced,EmailVerified',
    )
    expect(code).toBe(0)
    await buyer.buy({ [await shop.sell(1)]: 1 })
    const [again, later] = await Promise.all([
      ask(
        'export',
        '--repeat',
        at('before/manifest.json'),
        '--format',
        'parquet',
        '--out',
        at('again'),
      ),
      ask('export', '--out', at('later'), '--type', 'OrderPlaced,EmailVerified'),
    ])
    expect(again.stderr).toContain('The same as before.')
    expect([again.code, later.code]).toEqual([0, 0])
    const [before, now, more] = await Promise.all(['before', 'again', 'later'].map(manifestOf))
    expect(now?.events).toEqual(before?.events)
    expect(now?.range).toEqual(before?.range)
    expect(more?.events.count).toBe((before?.events.count ?? 0) + 1)

    const changed = { ...before, events: { ...more?.events } }
    await writeFile(at('changed.json'), JSON.stringify(changed))
    const differs = await ask('export', '--repeat', at('changed.json'), '--out', at('differs'))
    expect(differs.code).toBe(1)
    expect(differs.stderr).toContain(
      'The export differs from the one before.\nOrderPlaced: 5 before, 4',
    )
    expect(await readdir(at('differs'))).toEqual(['events.ndjson', 'manifest.json'])
  })

  test('replaces no file without --force, and rejects a range beside a manifest', async () => {
    const [first, second, forced] = [
      await ask('export', '--to', '5', '--out', at('there')),
      await ask('export', '--to', '6', '--out', at('there')),
      await ask('export', '--to', '7', '--out', at('there'), '--force'),
    ]
    expect([first.code, second.code, forced.code]).toEqual([0, 1, 0])
    expect(second.stderr).toContain('manifest.json already exists; add --force')
    expect((await manifestOf('there')).range.last).toBe('7')
    expect(await readdir(at('there'))).toEqual(['events.ndjson', 'manifest.json'])
    const both = await ask('export', '--repeat', at('x'), '--from', '3', '--out', at('x'))
    expect(both.code).toBe(2)
  })

  test('of the whole log contains no e-mail address, password or token', async () => {
    for (const format of ['ndjson', 'parquet']) {
      const out = `all-${format}`
      expect((await ask('export', '--format', format, '--out', at(out))).code).toBe(0)
    }
    const ndjson = await readFile(at('all-ndjson/events.ndjson'), 'utf8')
    expect(ndjson).toContain('"passwordHash":"***"')
    const columns = await readFile(at('all-parquet/events.parquet'))
    const rows = await parquetReadObjects({ file: new Uint8Array(columns).buffer })
    const manifests = await Promise.all(['all-ndjson', 'all-parquet'].map(manifestOf))
    const outputs = [
      ndjson,
      JSON.stringify(rows.map(({ data }) => data)),
      JSON.stringify(manifests),
    ]
    for (const secret of ['$argon2', buyer.email, buyer.password, root.email, 'tok_ok'])
      for (const one of outputs) expect(one).not.toContain(secret)
  })
})

describe('a projection that is tried', () => {
  test('prints the same documents over HTTP and directly', async () => {
    const tried = ['what-if', '--projection', 'spending.ts', '--to', '60']
    const placed = eventsIn((await here('replay', '--type', 'OrderPlaced', '--to', '60')).out)
    const [direct, http, table, none] = await Promise.all([
      agora(...tried, '--direct'),
      agora(...tried, '--http', '--document', buyer.id),
      agora(...tried, '--table'),
      agora(...tried, '--document', 'nobody'),
    ])
    expect([direct, http, table, none].map(({ code }) => code)).toEqual([0, 0, 0, 0])
    const orders = placed.length
    expect(orders).toBeGreaterThan(0)
    expect(JSON.parse(direct.out)).toEqual({
      key: buyer.id,
      document: { orders, cents: expect.any(Number) },
    })
    expect(direct.stderr).toContain(`1 document from ${orders} event`)
    expect(http.out).toBe(direct.out)
    expect(table.out).toMatch(new RegExp(`^KEY +ORDERS +CENTS\\n${buyer.id} +${orders} +\\d+\\n$`))
    expect(none.out).toBe('')
  })

  test('may be a declared one, which folds masked events as well', async () => {
    const accounts = join(import.meta.dirname, '../../src/projections/accounts.ts')
    const { code, out, stderr } = await agora('what-if', '--projection', accounts)
    expect(stderr).not.toContain('does not match')
    expect(code).toBe(0)
    const documents = out.split('\n').filter(Boolean)
    expect(documents.map((line) => JSON.parse(line))).toContainEqual({
      key: buyer.id,
      document: expect.objectContaining({ id: buyer.id, email: '***', passwordHash: '***' }),
    })
    expect(out).not.toContain('$argon2')
  })

  test('with an error is reported with its place and an exit code', async () => {
    await writeFile(at('wrong.ts'), spending.replace('total.amount', 'total.sum.amount'))
    await writeFile(at('halves.ts'), spending.replace('total.amount', 'total.amount / 7'))
    const [wrong, halves, none] = await Promise.all([
      agora('what-if', '--projection', 'wrong.ts'),
      agora('what-if', '--projection', 'halves.ts'),
      agora('what-if', '--projection', 'spending.ts', '--type', 'OrderPaid'),
    ])
    expect([wrong.code, halves.code, none.code]).toEqual([1, 1, 2])
    const line = spending.slice(0, spending.indexOf('total.amount')).split('\n').length
    expect(wrong.stderr).toMatch(
      new RegExp(
        `^wrong\\.ts \\(line ${line}\\): OrderPlaced at position \\d+ \\(order-.*\\), document ${buyer.id}: Its rule failed: TypeError`,
        'm',
      ),
    )
    expect(halves.stderr).toContain('It does not match its schema: cents must be integer')
    expect(halves.stderr).toContain('1 problem: the affected documents are omitted above.')
    expect(none.stderr).toContain('spending has no rule for any of the types')
  })
})

describe('a replay that follows the log', () => {
  test.each(['--direct', '--http'])('prints new events until Ctrl-C: %s', async (way) => {
    const out = at(`live${way}.ndjson`)
    const args = ['replay', '--follow', '--type', 'UserRegistered', way]
    const start = (...more: readonly string[]) => {
      const child = spawn(process.execPath, [program, ...args, ...more], {
        env: { ...childEnv, ...env },
      })
      const texts = { out: '', stderr: '' }
      child.stdout.on('data', (chunk: Buffer) => (texts.out += String(chunk)))
      child.stderr.on('data', (chunk: Buffer) => (texts.stderr += String(chunk)))
      return { child, texts, closed: once(child, 'close') }
    }
    const screen = start()
    const file = start('--out', out)
    for (const { texts } of [screen, file])
      await until(
        () => texts.stderr,
        (stderr) => stderr.includes('waiting for new events'),
      )
    const { id } = await shop.register()
    await until(
      () => screen.texts.out,
      (text) => text.includes(id),
    )
    // The file has its name only when it is complete.
    await until(
      async () => {
        const names = await readdir(at('.'))
        const partial = names.find(
          (name) => name.startsWith(`.live${way}.ndjson.`) && name.endsWith('.partial'),
        )
        return partial === undefined ? '' : readFile(at(partial), 'utf8')
      },
      (text) => text.includes(id),
    )
    screen.child.kill('SIGINT')
    expect(await screen.closed).toEqual([0, null])
    file.child.kill('SIGINT')
    expect(await file.closed).toEqual([0, null])
    expect(eventsIn(screen.texts.out).at(-1)?.stream).toBe(`account-${id}`)
    expect(screen.texts.stderr).toMatch(/\d+ events, after/)
    expect(await readFile(out, 'utf8')).toBe(screen.texts.out)
  })

  test('accepts a positive speed, and one stream', async () => {
    const stream = `account-${buyer.id}`
    const [none, odd, one, quick] = await Promise.all([
      here('replay', '--speed', '0'),
      here('replay', '--stream', 'order'),
      here('replay', '--stream', stream, '--direct'),
      here('replay', '--stream', stream, '--speed', '1000', '--http'),
    ])
    expect([none.code, odd.code, one.code, quick.code]).toEqual([2, 2, 0, 0])
    expect(odd.stderr).toContain('--stream cannot be "order"')
    const events = eventsIn(one.out)
    expect(events.length).toBeGreaterThan(1)
    expect(new Set(events.map((event) => event.stream))).toEqual(new Set([stream]))
    expect(quick.out).toBe(one.out)
  })
})

test('reading, exporting and trying projections changes no table', async () => {
  await using own = await startedDatabase()
  const app = await startOn(own.url, 'own')
  const { id, email } = await customerOf(shopAt(app.url))
  // No other client changes anything meanwhile.
  await app[Symbol.asyncDispose]()
  const before = await contentsOf(own.database)
  expect(Object.keys(before).length).toBeGreaterThan(10)
  const given = { POSTGRES_URL: own.url }
  const outcomes = [
    await ranHere(['replay'], given),
    await ranHere(['export', '--out', at('silent'), '--format', 'parquet'], given),
    await typed(['what-if', '--projection', 'spending.ts'], given, folder),
  ]
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(outcomes[2]?.out).toContain(id)
  // Where the log lies it is as it was recorded; here it is not.
  expect(outcomes[0]?.out).toContain('"passwordHash":"***"')
  for (const secret of ['$argon2', email, 'tok_ok']) expect(outcomes[0]?.out).not.toContain(secret)
  expect(await contentsOf(own.database)).toEqual(before)
})
