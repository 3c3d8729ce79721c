import type { Bench } from './support/bench.ts'
import type { Measure } from './support/measure.ts'

/** A part of the bench. */
export type Part = {
  /** Name for `--only`. */
  readonly name: string
  readonly title: string
  /** Meaning of each row, for `--help`. */
  readonly rows: readonly string[]
  /** The flag without which the part does not run. */
  readonly flag?: 'peers'
  readonly load: () => Promise<{
    readonly default: (bench: Bench) => Promise<readonly Measure[]>
  }>
}

/** The log that is measured. */
export type LogName = 'postgres' | 'eventstoredb'

/** All parts in the order of execution, by log: PostgreSQL, and EventStoreDB's protocol relative to it. */
export const parts: Readonly<Record<LogName, readonly Part[]>> = {
  postgres: [
    {
      name: 'http',
      title: 'Commands over HTTP',
      rows: [
        'PUT /inventory/:id on 32 connections; reference: a Fastify route with the same checks that does nothing',
        "the same with the load generator's cost taken off: what each server could execute if the load generator had cores of its own, 1 s ÷ max(server, (server + PostgreSQL) ÷ cores) by the CPU time of an operation; the bare route has no PostgreSQL",
      ],
      load: () => import('./http.ts'),
    },
    {
      name: 'gateway',
      title: 'Through the gateway',
      rows: [
        'GET on 32 connections through a gateway process that answers from its cache, or passes each request on; reference: the api process asked directly. server = gateway + api process',
      ],
      load: () => import('./gateway.ts'),
    },
    {
      name: 'grpc',
      title: 'One internal hop over gRPC',
      rows: [
        'signed calls of GetUserById at an api process, 32 at once; reference: the same read over HTTP, as gateways send it. load = the client',
      ],
      load: () => import('./grpc.ts'),
    },
    {
      name: 'execute',
      title: 'Commands in process',
      rows: [
        '256 callers that execute commands on new and on existing streams; reference: a hand-written INSERT that shares round trips between waiting callers. server = the process of the callers',
      ],
      load: () => import('./execute.ts'),
    },
    {
      name: 'projections',
      title: 'Catching up',
      rows: [
        'events a second while read models are built; reference: reading the log page by page',
      ],
      load: () => import('./projections.ts'),
    },
    {
      name: 'split',
      title: 'One read model, two processes',
      rows: [
        'events a second that the slower of two halves of one read model takes in, by the CPU time of its runner and of PostgreSQL, which work in turns: with a core for each half. Folded one after the other in this process, without what a process costs by the second; reference: the whole read model, in the same rounds. Other programs disturb it least',
        'the same by the clock, by two processes one after the other, from a fifth of the log on; reference: one process. server = both processes',
        'all of the log with both at once, who share PostgreSQL and the cores with it',
      ],
      load: () => import('./split.ts'),
    },
    {
      name: 'web',
      title: 'Pages in a browser',
      rows: [
        'time from an input to the next frame, and until the shop is readable, in Chromium with a slowed-down CPU; nothing without a browser',
      ],
      load: () => import('./web.ts'),
    },
    {
      name: 'stores',
      title: 'Catching up in other stores',
      rows: [
        'events a second while notifications are built in MongoDB (TEST_MONGO_URL) and Elasticsearch (TEST_ELASTICSEARCH_URL); reference: a raw bulkWrite, a raw _bulk of the same documents with the same indexed fields',
      ],
      load: () => import('./stores.ts'),
    },
    {
      name: 'search',
      title: 'Searching',
      rows: [
        'documents a second while 100,000 products and 100,000 users are written with their words',
        'a search of several kinds (one word, the first letters, a typo, with facets), p99; reference: the same requests sent by hand. In PostgreSQL, and in Elasticsearch where TEST_ELASTICSEARCH_URL names a server',
      ],
      load: () => import('./search.ts'),
    },
    {
      name: 'bridge',
      title: 'Out to brokers',
      rows: [
        'events of orders a second out of the log to RabbitMQ, NATS and Kafka (TEST_KAFKA), each confirmed; reference: the bare client with confirms, of messages that are made already. Brokers that this machine lacks are left out',
      ],
      load: () => import('./bridge.ts'),
    },
    {
      name: 'further',
      title: 'Further projections',
      rows: [
        'CPU of a command (server + PostgreSQL) with 40 further projections that read nothing of it, and with 5 that read it; reference: the same without them, in the same rounds',
      ],
      load: () => import('./further.ts'),
    },
    {
      name: 'tracing',
      title: 'Tracing',
      rows: [
        'CPU of a command (server + PostgreSQL) whose spans are exported; reference: the same without a trace store, in the same rounds',
      ],
      load: () => import('./tracing.ts'),
    },
    {
      name: 'orders',
      title: 'Whole orders',
      rows: [
        'time from OrderPlaced to OrderConfirmed at 100 orders/s; reference: one raw append on the same PostgreSQL at that load',
        '256 buyers who wait for each order; reference: raw inserts of as many events',
        'a flood of POST /orders on 32 connections: accepted a second, whole orders until the last was confirmed, and the CPU of one order',
      ],
      load: () => import('./orders.ts'),
    },
    {
      name: 'counts',
      title: 'Counts',
      rows: [
        'statements and commits of one order alone, of one plain command, and of an idle second, from the log of PostgreSQL; turns of the event loop. Other programs do not disturb them',
      ],
      load: () => import('./counts.ts'),
    },
    {
      name: 'lag',
      title: 'From command to push',
      rows: [
        'POST /orders at 50/s until the first order:status arrives at a socket, p50 and p99; reference: a hand-written server with event, document and push in one transaction',
        'the same until GET with ?minPosition is answered',
      ],
      load: () => import('./lag.ts'),
    },
    {
      name: 'chat',
      title: 'Chats',
      rows: [
        'message:send at 100/s in 10 conversations until message:new arrives at the other participant, p50 and p99; reference: bare Socket.IO',
        'a page of a conversation of 100,000 messages; reference: of 10',
      ],
      load: () => import('./chat.ts'),
    },
    {
      name: 'feed',
      title: 'Feeds',
      rows: [
        'POST /posts with 100,000 followers, p50; reference: with 10',
        'a page of the feed of 2,000 followed authors among 1,000,000 entries, p50; reference: of 10',
        'POST /posts with 5,000 followers, whose timelines it is written into, until GET with ?minPosition shows it to one of them',
        'likes a second of one post by 20 users; reference: of a post each',
      ],
      load: () => import('./feed.ts'),
    },
    {
      name: 'uploads',
      title: 'Uploads',
      rows: [
        'a video of 200 MiB by POST /media/upload, durable and hashed; reference: a bare Fastify server that streams the same form into a file',
        'growth of the resident memory of the server meanwhile',
      ],
      load: () => import('./uploads.ts'),
    },
    {
      name: 'streams',
      title: 'Long streams',
      rows: ['one command on streams of 10, 1,000 and 10,000 events; reference: 10 events'],
      load: () => import('./streams.ts'),
    },
    {
      name: 'memory',
      title: 'Memory and starts',
      rows: [
        'seconds until /health/ready answers 200, as `npm start` starts it: from nothing without and with the bundle and compiled code of earlier starts, and again on the same data; reference: the bare Fastify server listens',
        'resident memory of the server, idle and after load; reference: the bare Fastify server',
      ],
      load: () => import('./memory.ts'),
    },
    {
      name: 'jobs',
      title: 'Jobs',
      rows: ['jobs of the queue in rows, added and carried out; reference: BullMQ on PostgreSQL'],
      load: () => import('./jobs.ts'),
    },
    {
      name: 'copy',
      title: 'Copying a log',
      rows: ['events a second of `agora copy`, read back; reference: reading the log page by page'],
      load: () => import('./copy.ts'),
    },
    {
      name: 'logins',
      title: 'Signing in',
      rows: [
        'logins a second; reference: bare password hashes. server includes the reads beside them',
        'how long GET /products takes meanwhile, p99',
      ],
      load: () => import('./logins.ts'),
    },
    {
      name: 'peers',
      title: 'Beside other event stores',
      flag: 'peers',
      rows: [
        'commands of 32 callers on existing streams of 5 events: load, decide, append one event; references: Emmett, Castore and message-db on the same PostgreSQL. server = the process of the callers',
      ],
      load: () => import('./peers/peers.ts'),
    },
  ],
  eventstoredb: [
    {
      name: 'execute',
      title: 'Commands in process',
      rows: ['256 callers that execute commands; reference: the same on the log in PostgreSQL'],
      load: () => import('./eventstoredb/execute.ts'),
    },
    {
      name: 'projections',
      title: 'Catching up',
      rows: ['events a second while read models are built; reference: the log in PostgreSQL'],
      load: () => import('./eventstoredb/projections.ts'),
    },
    {
      name: 'reading',
      title: 'Reading the log',
      rows: ['reading streams and the whole log; reference: the log in PostgreSQL'],
      load: () => import('./eventstoredb/reading.ts'),
    },
  ],
}

/** Whether a name is that of a log. @param name from the command line */
export const isLogName = (name: string): name is LogName => Object.hasOwn(parts, name)
