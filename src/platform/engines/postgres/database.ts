import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { Unavailable } from '../../unavailable.ts'
import { sharedListener } from './shared-listener.ts'

/** A row, by column name. bigint is parsed to BigInt, timestamptz to an ISO 8601 string, json to its value. */
export type Row = Record<string, unknown>

/** A row as the list of its columns, of a statement that asks for `lists`. */
export type ListRow<Columns extends readonly unknown[]> = Row & Columns

/** A statement; one with a name is prepared once in each connection. */
export type Statement = {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string
  /** Rows are lists of their columns (`ListRow`): of many rows, these take less CPU to read. */
  readonly lists?: true
  /**
   * Rather than wait for a lock for longer than 1 s, the statement fails with SQLSTATE 55P03. Tables are locked before
   * a statement can set anything, so such statements run on connections of their own. Their answers are as short as
   * those of `isShort`. No effect in a transaction or on a dedicated connection.
   */
  readonly isImpatient?: boolean
  /**
   * The answer is at most a few rows of numbers. Such statements use the Unix socket, if there is one; long answers do not,
   * since over a socket PostgreSQL would wait without limit for a client that hangs and does not read. No effect in a
   * transaction or on a dedicated connection.
   */
  readonly isShort?: boolean
}

/** Runs statements one after the other on one connection. */
export type Session = {
  readonly query: <R extends Row = Row>(statement: Statement | string) => Promise<R[]>
}

/** A dedicated connection, for locks that end with it. */
export type Connection = Session & {
  /** Resolves when the connection is lost or closed. */
  readonly lost: Promise<void>
  readonly close: () => Promise<void>
}

/** PostgreSQL for the adapters. An outage is thrown as `Unavailable`. */
export type Database = Session & {
  /** Runs `work` in a transaction: commits when it resolves, rolls back when it throws. */
  readonly transaction: <T>(work: (session: Session) => Promise<T>) => Promise<T>
  readonly connect: () => Promise<Connection>
  /**
   * Listens to a channel, over one connection for all channels, and reconnects when it is lost. After each reconnect, `onNotify`
   * is called once with an empty payload, since notifications may have been missed.
   */
  readonly listen: (
    channel: string,
    onNotify: (payload: string) => void,
  ) => Promise<{ readonly close: () => Promise<void> }>
  readonly close: () => Promise<void>
}

/** Length of a time with its ms, which nearly all have: `2030-01-01 00:00:00.123+00`. */
const withMs = 26

/** Converts `2030-01-01 00:00:00.12+00` to `2030-01-01T00:00:00.120Z`; sessions run in UTC. */
export const isoOf = (text: string): string =>
  text.length === withMs
    ? `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
    : `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20).split('+', 1)[0]!.padEnd(3, '0').slice(0, 3)}Z`

const parsers = new Map<number, (text: string) => unknown>([
  [20, BigInt],
  [1184, isoOf],
])

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig

/**
 * SQLSTATEs of outages: the connection is lost or refused, a resource is exhausted, the server is read-only after a failover,
 * or has ended an idle transaction (PostgreSQL manual, appendix A).
 */
const outage = /^(08|53|57P|58|25006|25P0[34])/

const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  // The last alternative is the error of a closed pool, in a process that stops.
  if (typeof code !== 'string')
    return /terminated|timeout|closed|not queryable|calling end on the pool/i.test(error.message)
  return outage.test(code) || /^E(AI_)?[A-Z]+$/.test(code)
}

/** Message of an outage. */
const outageMessage = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === '53300'
    ? 'PostgreSQL has no connection left: see max_connections there, and POSTGRES_CONNECTIONS'
    : 'PostgreSQL cannot be reached'

/** Runs `work`, and translates outages to `Unavailable`. */
const translatingOutages = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (isOutage(error)) throw new Unavailable(outageMessage(error), { cause: error })
    throw error
  }
}

const sessionOf = (client: pg.Pool | pg.ClientBase): Session => ({
  query: <R extends Row>(statement: Statement | string) =>
    translatingOutages(async () => {
      const config = typeof statement === 'string' ? { text: statement } : statement
      const { rows } = await client.query<R>({
        text: config.text,
        ...(config.values && { values: [...config.values] }),
        ...(config.name && { name: config.name }),
        ...(config.lists && { rowMode: 'array' }),
      })
      return rows
    }),
})

const ignore = () => undefined

/** Time that running statements get when a pool is closed, in ms: no caller waits for their answers any more. */
const closing = 1_000

/** Lock timeout of impatient statements, in ms, and the number of their connections. */
const impatience = { lockTimeout: 1_000, connections: 2 }

/** Number of connections for short statements over the Unix socket: few run at the same time. */
const shortConnections = 6

/** Connection settings of the same database over a Unix socket. @param folder the folder of the socket */
const bySocket = <C extends { readonly connectionString: string }>(
  config: C,
  folder: string,
): C => {
  const url = new URL(config.connectionString)
  url.searchParams.set('host', folder)
  return { ...config, connectionString: url.href }
}

/** A dead host is detected within 8 s, so that its locks are released (PostgreSQL manual, 19.3.2). */
const keepAlives = '-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=4'

/** Timeouts of the server for a client that hangs, in ms. */
export type HungClientLimits = {
  /** Until the next statement of an open transaction. */
  readonly inTransaction: number
  /** Until the client reads what was sent. */
  readonly unread: number
}

const usualLimits: HungClientLimits = { inTransaction: 10_000, unread: 10_000 }

/**
 * Connection settings by which a client that hangs does not block others: its open transaction is rolled back, which releases
 * its locks; and a connection that it does not read is closed, since NOTIFY fails for all clients once its queue is full of
 * notifications that one listener has not read (PostgreSQL manual, 19.3.2, 19.11.1, NOTIFY).
 */
export const hungClientSettings = ({ inTransaction, unread } = usualLimits): string =>
  `-c idle_in_transaction_session_timeout=${inTransaction} -c tcp_user_timeout=${unread}`

/** Removes the application name from a URL; it would override the one of the process. */
const withoutApplicationName = (url: string): string => {
  if (!url.includes('application_name')) return url
  const parsed = new URL(url)
  parsed.searchParams.delete('application_name')
  return parsed.href
}

/**
 * Opens pools of connections to a PostgreSQL.
 * @param url `postgres://user:password@host:port/database`
 * @param options.connections limit of the main pool, default 16
 * @param options.socket folder of a Unix socket that this process can connect to, if there is one: short statements use it
 * @param options.limits timeouts for a client that hangs, default 10 s
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
    // All sessions of a process share a unique name: without any session of that name, the process is dead.
    application_name: `agora-${randomUUID()}`,
    options: `-c TimeZone=UTC ${keepAlives}`,
    types,
  } satisfies pg.ClientConfig
  // Not for dedicated connections: tcp_user_timeout would replace the keep-alives, which detect a dead host sooner.
  const guarded = { ...config, options: `${config.options} ${hungClientSettings(limits)}` }
  const clients = new Set<pg.Client>()
  const openPool = (settings: pg.ClientConfig, max: number): pg.Pool => {
    const opened = new pg.Pool({ ...settings, max, idleTimeoutMillis: 60_000 })
    // Without a listener, a lost connection would end the process; the caller of a statement gets the error anyway.
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
  const [usual, failingFast] = [sessionOf(pool), sessionOf(impatient)]
  const short = near ? sessionOf(near) : usual

  const connect = async (settings: pg.ClientConfig): Promise<pg.Client> => {
    const client = new pg.Client(settings)
    client.on('error', ignore)
    await translatingOutages(() => client.connect())
    return client
  }
  const addListener = sharedListener(() => connect(guarded))

  return {
    query: (statement) => {
      if (typeof statement === 'string') return usual.query(statement)
      if (statement.isImpatient) return failingFast.query(statement)
      return (statement.isShort ? short : usual).query(statement)
    },

    transaction: async (work) => {
      const client = await translatingOutages(() => pool.connect())
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
      // Concurrent calls are serialised.
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

    listen: (channel, onNotify) => translatingOutages(() => addListener(channel, onNotify)),

    close: async () => {
      const cutOff = setTimeout(() => {
        // `end` of a client with a running statement destroys its socket.
        for (const client of clients) client.end().catch(ignore)
      }, closing)
      await Promise.all([pool.end(), impatient.end(), near?.end()])
      clearTimeout(cutOff)
    },
  }
}
