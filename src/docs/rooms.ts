import { posix } from 'node:path'

/** A room of the architecture: a folder, or files of one kind in several folders. */
export type Room = {
  /** Paths of its files, for readers. */
  readonly where: string
  readonly about: string
  /** Rooms that it may import, besides its own. */
  readonly may: readonly string[]
}

/**
 * The rooms, from the inside out. `ports` are the files of the platform and the runtime that define interfaces, without their
 * implementations; `served` are the parts of a context that handle requests, sockets and events; `modules` are the contexts
 * as values.
 */
export const rooms: Readonly<Record<string, Room>> = {
  kernel: {
    where: 'src/kernel',
    about: 'building blocks: messages, decider, projection, saga, schema, catalogue; `testing.ts`',
    may: [],
  },
  'domains/shared': {
    where: 'src/domains/shared',
    about: 'the published language that all contexts share: ids, money, texts',
    may: ['kernel'],
  },
  'domains/*': {
    where: 'src/domains/<context>',
    about: 'deciders with their tests; `language.ts` is what others may use of the context. Pure',
    may: ['kernel', 'domains/shared'],
  },
  projections: {
    where: 'src/projections',
    about: 'read models. Pure',
    may: ['kernel', 'domains/shared', 'domains/*'],
  },
  sagas: {
    where: 'src/sagas',
    about: 'processes that carry work between contexts. Pure',
    may: ['kernel', 'domains/shared', 'domains/*'],
  },
  ports: {
    where: '`port.ts` of `src/platform`, and a few files named in `src/docs/rooms.ts`',
    about: 'interfaces of adapters and of the runtime, as types, and functions over them',
    may: ['kernel', 'platform', 'runtime'],
  },
  serving: {
    where: 'src/serving',
    about:
      'declarations and helpers of handlers: `route`, `channel`, `job`, `module`, callers, ports, problems, lists, moments',
    may: ['kernel', 'domains/shared', 'domains/*', 'ports'],
  },
  served: {
    where: 'src/domains/<context>/{routes,channel,jobs,services,erase}',
    about:
      'handling of requests, sockets and events by a context: declarations with handlers, which receive ports',
    may: ['kernel', 'domains/shared', 'domains/*', 'projections', 'serving', 'ports'],
  },
  modules: {
    where: 'src/domains/<context>/index.ts',
    about: 'the context as one value: its deciders, routes, channels, jobs, chores and erasure',
    may: ['domains/*', 'served', 'serving'],
  },
  domains: {
    where: 'src/domains/index.ts',
    about: 'the list of modules',
    may: ['modules', 'serving'],
  },
  operations: {
    where: 'src/operations',
    about: 'routes for operators, as modules: read models, sagas, dead letters, registry, health',
    may: ['kernel', 'serving', 'ports'],
  },
  runtime: {
    where: 'src/runtime',
    about: 'executes commands, projects, orchestrates sagas, dispatches jobs, follows the log',
    may: ['kernel', 'ports'],
  },
  platform: {
    where: 'src/platform',
    about:
      'a folder for each port, with `port.ts`, adapters and one `conformance.ts`, by purpose: `storage`, `messaging`, `security`, `external`, `engines`, `observability`',
    may: ['kernel'],
  },
  'edges/http': {
    where: 'src/edges/http',
    about:
      'serves the routes of all modules, and names no context; guards, limits, caches, documents them',
    may: ['kernel', 'domains/shared', 'serving', 'ports', 'docs'],
  },
  'edges/sockets': {
    where: 'src/edges/sockets',
    about: 'serves the channels of all modules over Socket.IO',
    may: ['kernel', 'domains/shared', 'serving', 'ports'],
  },
  'edges/amqp': {
    where: 'src/edges/amqp',
    about: 'takes commands from a queue of RabbitMQ, and carries them out by the HTTP edge',
    may: ['kernel', 'serving', 'ports'],
  },
  'edges/gateway': {
    where: 'src/edges/gateway',
    about: 'forwards requests to the process that serves them',
    may: ['kernel', 'ports'],
  },
  'edges/eventstore-protocol': {
    where: 'src/edges/eventstore-protocol',
    about: 'serves the event log to clients of EventStoreDB',
    may: ['kernel', 'ports'],
  },
  'edges/grpc': {
    where: 'src/edges/grpc',
    about: 'serves the RPCs that routes declare, by the server of HTTP; names no context',
    may: ['kernel', 'serving', 'ports'],
  },
  'edges/cli': {
    where: 'src/edges/cli',
    about: 'the commands of `npx agora`',
    may: ['kernel', 'ports'],
  },
  demo: { where: 'src/demo', about: 'the stories of `npm run demo`', may: ['kernel', 'edges/cli'] },
  docs: {
    where: 'src/docs',
    about:
      'generates the pages in `docs/` from the declarations; the HTTP edge serves one of them, OpenAPI. Pure',
    may: ['kernel', 'serving', 'ports'],
  },
  'config.ts': { where: 'src/config.ts', about: 'the settings', may: ['kernel', 'config'] },
  config: { where: 'src/config', about: 'reading of settings', may: ['kernel'] },
  'logger.ts': {
    where: 'src/logger.ts',
    about: 'the log of the process',
    may: ['kernel', 'edges/http'],
  },
}

/** Files that wire all parts; they may import everything. */
export const wiring = ['app.ts', 'app', 'main.ts', 'cli.ts', 'cli-logs', 'demo.ts', 'docs.ts']

/** Files that count as ports. Add to them freely, but no adapters. */
const ports = [
  /\/port\.ts$/,
  /^platform\/storage\/event-log\/(key-hash|pages|text-page|range-search|resolved-range|masked-event|hide-guessable-streams|known-metadata)\.ts$/,
  /^platform\/storage\/search\/(ranking|words)\.ts$/,
  /^platform\/storage\/log-digests\/event-digest\.ts$/,
  /^platform\/storage\/documents\/(compared-range|json)\.ts$/,
  /^platform\/engines\/eventstoredb\/(event-bytes|uuid|wire)\.ts$/,
  /^platform\/security\/(account-links|cookies|internal-calls|ip-address|loopback|network-of|public-url|sealing|signed-text|webhook-signature)\.ts$/,
  /^platform\/(back-off|bell|bounded-cache|coalesce|interrupted|newer-version|unavailable|version)\.ts$/,
  /^platform\/observability\/(tracing\/(ids|operations|trace-context)|reports\/promise-counts)\.ts$/,
  /^runtime\/(cloud-event|execution|follow-feed|job|operations|reading|resting-on|scheduler|verification|what-if\/report|what-if\/command-of)\.ts$/,
]

const servedParts =
  /^domains\/(?!shared\/)[^/]+\/((routes|services|jobs|channel)\/|(routes|channel|erase)\.ts$)/

/** Room of a file; a context is a room of its own. @param file below `src` */
export const roomOf = (file: string): string => {
  if (servedParts.test(file)) return 'served'
  if (/^domains\/[^/]+\/index\.ts$/.test(file) && !file.startsWith('domains/shared/'))
    return 'modules'
  return file.match(/^((?:domains|edges)\/[^/]+(?=\/)|[^/]+(?=\/))/)?.[1] ?? file
}

/** Name of a room in the table: `domains/*` for each context. */
export const kindOf = (room: string): string =>
  room in rooms || !room.startsWith('domains/') ? room : 'domains/*'

/** Whether a file counts as a port. @param file below `src` */
export const isPort = (file: string): boolean => ports.some((pattern) => pattern.test(file))

/** Whether a file may import another one. @param file below `src` @param target below `src` */
export const isAllowed = (file: string, target: string): boolean => {
  const [from, to] = [roomOf(file), roomOf(target)]
  if (from === to || wiring.includes(from)) return true
  return (rooms[kindOf(from)]?.may ?? []).some(
    (room) => (room === kindOf(to) && room !== 'ports') || (room === 'ports' && isPort(target)),
  )
}

/** An import of a file below `src`. The target is a file below `src`, or the specifier of a package. */
export type Import = { readonly file: string; readonly target: string; readonly isPackage: boolean }

/** Imports of a file. @param file below `src` */
export const importsOf = (file: string, text: string): readonly Import[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => ({
    file,
    target: target.startsWith('.')
      ? posix.join(posix.dirname(file), target)
      : target.replace(/^#kernel$/, 'kernel/index.ts').replace(/^#kernel\/(.*)$/, 'kernel/$1.ts'),
    isPackage: !/^[.#]/.test(target),
  }))

/** Files that only tests import. */
const forTests = [
  /\.test\.ts$/,
  /(^|\/)conformance(-[a-z-]+)?\.ts$/,
  /\/testing\//,
  /^kernel\/testing\.ts$/,
  /^\.\.\//,
]

/** Whether a file is for tests. @param file below `src` */
export const isForTests = (file: string): boolean => forTests.some((pattern) => pattern.test(file))
