import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { Unavailable } from '../../unavailable.ts'

/** One row, by column name. bigint comes as BigInt, timestamptz as an ISO 8601 string, json parsed. */
export type Row = Record<string, unknown>

/** A statement; one with a name is prepared once a connection. */
export type Statement = {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string
  /**
   * Rather than wait for a lock for longer than 1 s, the statement fails with SQLSTATE 55P03. Tables are locked before
   * a statement can set anything, so such statements run on connections of their own. Their answers are as short as
   * those of `isShort`. Without effect in a transaction and on a connection of one's own.
   */
  readonly isImpatient?: boolean
  /**
   * The answer is a few rows of numbers at the most, whatever the statement is about. Such statements go over the Unix
   * socket, where there is one: there, PostgreSQL would wait for a client that hangs and does not read a long answer.
   * Without effect in a transaction and on a connection of one's own.
   */
  readonly isShort?: boolean
}

/** Runs statements one after the other, on one connection. */
export type Session = {
  readonly query: <R extends Row = Row>(statement: Statement | string) => Promise<R[]>
}

/** A connection of one's own: for locks, that live as long as it does. */
export type Connection = Session & {
  /** Resolves when the connection is lost or closed. */
  readonly lost: Promise<void>
  readonly close: () => Promise<void>
}

/** PostgreSQL, as the adapters use it. Every failure to reach it is thrown as `Unavailable`. */
export type Database = Session & {
  /** All or nothing: commits what `work` did, unless it throws. */
  readonly transaction: <T>(work: (session: Session) => Promise<T>) => Promise<T>
  readonly connect: () => Promise<Connection>
  /** Hears every NOTIFY on a channel, also after the connection was lost and made again; then `heard` is called once more. */
  readonly listen: (
    channel: string,
    heard: (payload: string) => void,
  ) => Promise<{ readonly close: () => Promise<void> }>
  readonly close: () => Promise<void>
}

/** `2030-01-01 00:00:00.12+00` as `2030-01-01T00:00:00.120Z`; sessions run in UTC. */
export const isoOf = (text: string): string =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).split('+', 1)[0]!.padEnd(3, '0').slice(0, 3)}Z`

const parsers = new Map<number, (text: string) => unknown>([
  [20, BigInt],
  [1184, isoOf],
])

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig

/**
 * What of SQLSTATE means that the server went away, refuses connections, is short of something, may only be read
 * after a failover, or has ended a transaction that stood still (PostgreSQL manual, appendix A).
 */
const outage = /^(08|53|57P|58|25006|25P0[34])/

const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  // The last one is the pool of a process that stops.
  if (typeof code !== 'string')
    return /terminated|timeout|closed|not queryable|calling end on the pool/i.test(error.message)
  return outage.test(code) || /^E(AI_)?[A-Z]+$/.test(code)
}

/** What is said of an outage. */
const told = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === '53300'
    ? 'PostgreSQL has no connection left: see max_connections there, and POSTGRES_CONNECTIONS'
    : 'PostgreSQL cannot be reached'

/** Runs `work`; what failed for want of a server fails as `Unavailable`. */
const reaching = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (isOutage(error)) throw new Unavailable(told(error), { cause: error })
    throw error
  }
}

const sessionOf = (client: pg.Pool | pg.ClientBase): Session => ({
  query: <R extends Row>(statement: Statement | string) =>
    reaching(async () => {
      const config = typeof statement === 'string' ? { text: statement } : statement
      const { rows } = await client.query<R>({
        text: config.text,
        ...(config.values && { values: [...config.values] }),
        ...(config.name && { name: config.name }),
      })
      return rows
    }),
})

const ignore = () => undefined

/** How long statements may still run when a pool is closed, in ms: nobody is left who waits for their answer. */
const closing = 1_000

/** How long an impatient statement waits for a lock, in ms, and over how many connections such statements go. */
const impatience = { lockTimeout: 1_000, connections: 2 }

/** Over how many connections short statements go through a Unix socket: few are under way at the same time. */
const shortConnections = 6

/** The way to the same database by a Unix socket. @param folder where the socket is */
const bySocket = <C extends { readonly connectionString: string }>(way: C, folder: string): C => {
  const url = new URL(way.connectionString)
  url.searchParams.set('host', folder)
  return { ...way, connectionString: url.href }
}

/** A host that died is noticed within 8 s, so that its locks pass on (PostgreSQL manual, 19.3.2). */
const keepAlives = '-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=4'

/** How long the server waits for a client that may hang, in ms. */
export type HungClientLimits = {
  /** For the next statement of a transaction. */
  readonly inTransaction: number
  /** For it to read what was sent. */
  readonly unread: number
}

const usualLimits: HungClientLimits = { inTransaction: 10_000, unread: 10_000 }

/**
 * Settings of a connection that keep a client which hangs but lives from holding up all others: a transaction that it
 * left open ends, with its locks; and a connection that it no longer reads is closed, since NOTIFY would fail for
 * everybody once its queue is full of what one listener has not read (PostgreSQL manual, 19.3.2, 19.11.1, NOTIFY).
 */
export const hungClientSettings = ({ inTransaction, unread } = usualLimits): string =>
  `-c idle_in_transaction_session_timeout=${inTransaction} -c tcp_user_timeout=${unread}`

/** A name in the URL would win over the one of the process. */
const withoutApplicationName = (url: string): string => {
  if (!url.includes('application_name')) return url
  const parsed = new URL(url)
  parsed.searchParams.delete('application_name')
  return parsed.href
}

/**
 * Opens a pool on a PostgreSQL.
 * @param url `postgres://user:password@host:port/database`
 * @param options.connections at most so many, default 16
 * @param options.socket the folder of its Unix socket, if it has one that this process reaches: short statements go there
 * @param options.limits when a client is taken for hung, default 10 s
 */
export const openDatabase = (
  url: string,
  {
    connections = 16,
    limits,
    socket,
  }: {
    readonly connections?: number
    readonly limits?: HungClientLimits
    readonly socket?: string | undefined
  } = {},
): Database => {
  const config = {
    connectionString: withoutApplicationName(url),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // All sessions of a process have one name of their own: when none is left, the process is dead.
    application_name: `agora-${randomUUID()}`,
    options: `-c TimeZone=UTC ${keepAlives}`,
    types,
  } satisfies pg.ClientConfig
  // Not for a connection of one's own: that limit would take the place of the keep-alives, which notice a dead host sooner.
  const guarded = { ...config, options: `${config.options} ${hungClientSettings(limits)}` }
  const clients = new Set<pg.Client>()
  const openPool = (settings: pg.ClientConfig, max: number): pg.Pool => {
    const opened = new pg.Pool({ ...settings, max, idleTimeoutMillis: 60_000 })
    // Without listeners, a lost connection would end the process; whoever uses it gets the error anyway.
    opened.on('error', ignore)
    opened.on('connect', (client) => {
      client.on('error', ignore)
      if (client instanceof pg.Client) clients.add(client)
    })
    opened.on('remove', (client) => {
      if (client instanceof pg.Client) clients.delete(client)
    })
    return opened
  }
  const pool = openPool(guarded, connections)
  const impatient = openPool(
    {
      ...(socket === undefined ? guarded : bySocket(guarded, socket)),
      options: `${guarded.options} -c lock_timeout=${impatience.lockTimeout}`,
    },
    Math.min(impatience.connections, connections),
  )
  const near =
    socket === undefined
      ? undefined
      : openPool(bySocket(guarded, socket), Math.min(shortConnections, connections))
  const [patiently, impatiently] = [sessionOf(pool), sessionOf(impatient)]
  const shortly = near ? sessionOf(near) : patiently

  const connect = async (settings: pg.ClientConfig): Promise<pg.Client> => {
    const client = new pg.Client(settings)
    client.on('error', ignore)
    await reaching(() => client.connect())
    return client
  }

  return {
    query: (statement) => {
      if (typeof statement === 'string') return patiently.query(statement)
      if (statement.isImpatient) return impatiently.query(statement)
      return (statement.isShort ? shortly : patiently).query(statement)
    },

    transaction: async (work) => {
      const client = await reaching(() => pool.connect())
      const session = sessionOf(client)
      let broken = false
      try {
        await session.query('BEGIN')
        const result = await work(session)
        await session.query('COMMIT')
        return result
      } catch (error) {
        await session.query('ROLLBACK').catch(() => (broken = true))
        throw error
      } finally {
        client.release(broken)
      }
    },

    connect: async () => {
      const client = await connect(config)
      const lost = new Promise<void>((resolve) => client.once('end', () => resolve()))
      const session = sessionOf(client)
      // One after the other, whoever asks at the same time.
      let last: Promise<unknown> = Promise.resolve()
      return {
        query: <R extends Row>(statement: Statement | string) => {
          const answer = last.then(() => session.query<R>(statement))
          last = answer.catch(ignore)
          return answer
        },
        lost,
        close: () => client.end().catch(ignore),
      }
    },

    listen: async (channel, heard) => {
      let closed = false
      let client: pg.Client | undefined
      const open = async (): Promise<void> => {
        const opened = await connect(guarded)
        opened.on('notification', ({ payload }) => heard(payload ?? ''))
        try {
          await reaching(() => opened.query(`LISTEN ${pg.escapeIdentifier(channel)}`))
        } catch (error) {
          await opened.end().catch(ignore)
          throw error
        }
        // Only one that listens is made again when it ends: whoever opened it sees to one that does not.
        opened.once('end', () => void reopen(50))
        client = opened
        if (closed) await opened.end().catch(ignore)
      }
      const reopen = async (pause: number): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, pause).unref())
        if (closed) return
        await open().then(
          () => heard(''),
          () => reopen(Math.min(pause * 2, 2_000)),
        )
      }
      await open()
      return {
        close: async () => {
          closed = true
          await client?.end().catch(ignore)
        },
      }
    },

    close: async () => {
      const cutOff = setTimeout(() => {
        // A client that ends with a statement under way destroys its socket.
        for (const client of clients) client.end().catch(ignore)
      }, closing)
      await Promise.all([pool.end(), impatient.end(), near?.end()])
      clearTimeout(cutOff)
    },
  }
}
