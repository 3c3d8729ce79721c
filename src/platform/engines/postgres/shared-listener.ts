import pg from 'pg'

type Listener = (payload: string) => void

/** Pauses before a lost connection is reopened, in ms. */
const pauses = { first: 50, most: 2_000 }

const ignore = (): void => undefined

/**
 * Listens to the channels of NOTIFY over one connection, which is open while there are listeners. The connection is reopened
 * when it is lost; each listener is then called once with an empty payload, since notifications may have been missed.
 * @param connect opens a connection
 * @returns adds a listener to a channel. It throws what `connect` throws, and adds nothing then
 */
export const sharedListener = (connect: () => Promise<pg.Client>) => {
  const channels = new Map<string, Set<Listener>>()
  /** Listeners that may have missed notifications. */
  const missed = new Set<Listener>()
  let connection: Promise<pg.Client> | undefined
  let retry: NodeJS.Timeout | undefined

  /** Listens to all channels; a repetition has no effect. One statement, so that `pg_stat_activity` shows all of them. */
  const listenToAll = async (client: pg.Client): Promise<void> => {
    const names = [...channels.keys()].toSorted()
    await client.query(names.map((name) => `LISTEN ${pg.escapeIdentifier(name)}`).join('; '))
  }

  const open = async (): Promise<pg.Client> => {
    const client = await connect()
    client.on('notification', ({ channel, payload }) => {
      for (const listener of channels.get(channel) ?? []) listener(payload ?? '')
    })
    try {
      if (channels.size > 0) await listenToAll(client)
    } catch (error) {
      await client.end().catch(ignore)
      throw error
    }
    client.once('end', () => lost(client))
    for (const listener of missed) listener('')
    missed.clear()
    return client
  }

  /** Returns the connection, which is opened where there is none. */
  const connected = (): Promise<pg.Client> => {
    if (connection) return connection
    clearTimeout(retry)
    const opening = open()
    connection = opening
    opening.catch(() => {
      if (connection === opening) connection = undefined
      if (channels.size > 0) reopenAfter(pauses.first)
    })
    return opening
  }

  const reopenAfter = (pause: number): void => {
    clearTimeout(retry)
    retry = setTimeout(() => {
      if (channels.size === 0) return
      connected().catch(() => reopenAfter(Math.min(pause * 2, pauses.most)))
    }, pause).unref()
  }

  const lost = (client: pg.Client): void => {
    void connection?.then((current) => {
      if (current !== client) return
      connection = undefined
      for (const listeners of channels.values()) for (const one of listeners) missed.add(one)
      reopenAfter(pauses.first)
    }, ignore)
  }

  const remove = async (channel: string, listener: Listener): Promise<void> => {
    const listeners = channels.get(channel)
    listeners?.delete(listener)
    missed.delete(listener)
    if (listeners?.size === 0) channels.delete(channel)
    if (channels.size === 0) {
      clearTimeout(retry)
      const closing = connection
      connection = undefined
      await (await closing?.catch(ignore))?.end().catch(ignore)
      return
    }
    const client = await connection?.catch(ignore)
    // It may have been added again meanwhile.
    if (channels.has(channel)) return
    await client?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(ignore)
  }

  return async (channel: string, onNotify: Listener) => {
    // The same function may be added several times.
    const listener: Listener = (payload) => onNotify(payload)
    const wasOpen = connection !== undefined
    const listeners = channels.get(channel) ?? new Set()
    channels.set(channel, listeners.add(listener))
    try {
      const client = await connected()
      if (wasOpen) await listenToAll(client)
    } catch (error) {
      await remove(channel, listener)
      throw error
    }
    return { close: () => remove(channel, listener) }
  }
}
