import type { AnnouncedPosition, PositionNews } from '../platform/messaging/position-news/port.ts'

/** Time for which the positions of a read model are announced after a request, in ms. */
const announcedFor = 15_000

/** Interval at which a process that waits repeats its request, in ms. */
const requestEvery = 5_000

/** Time for which a position is taken for the present one, in ms: a switch to another generation is not announced. */
const recentFor = 1_000

/** A position of a read model of another process. */
type Recent = Pick<AnnouncedPosition, 'position'> & {
  /** Version of its projection there; undefined when it is not known. */
  readonly version?: number
}

/** Positions of read models that this process waits for and others run, and announcements of those that it runs. */
export type AnnouncedPositions = {
  /** Requests announcements of a read model, unless they were requested shortly before. */
  readonly request: (name: string) => void
  /** Whether the process that runs a read model announces its positions. */
  readonly isAnnounced: (name: string) => boolean
  /** Returns the last known position of a read model; undefined when it is not recent. */
  readonly recent: (name: string) => Recent | undefined
  /** Records a position that was read from the store. */
  readonly saw: (name: string, position: bigint) => void
  /** Announces the position that a read model of this process is at, if it is requested. */
  readonly moved: (name: string) => void
}

/** Announces nothing: for a process without others. */
export const unannounced: AnnouncedPositions = {
  request: () => undefined,
  isAnnounced: () => false,
  recent: () => undefined,
  saw: () => undefined,
  moved: () => undefined,
}

/**
 * Exchanges positions of read models with other processes, only of those that some process waits for.
 * @param options.here the position of a read model of this process; undefined for all others
 * @param options.onAnnounced called with the name of each read model of another process that is announced
 * @param options.onError called with every failure; waits poll meanwhile
 * @param options.now monotonic clock, in ms
 */
export const announcedPositions = (
  news: PositionNews,
  {
    here,
    onAnnounced,
    onError,
    now = () => performance.now(),
  }: {
    readonly here: (name: string) => Omit<AnnouncedPosition, 'name'> | undefined
    readonly onAnnounced: (name: string) => void
    readonly onError: (error: unknown) => void
    readonly now?: () => number
  },
): AnnouncedPositions => {
  /** Positions of others, with the times at which they were announced or read. */
  const known = new Map<string, Recent & { readonly at: number }>()
  /** When others last announced each read model. */
  const announcedAt = new Map<string, number>()
  /** When this process last requested each read model. */
  const requestedAt = new Map<string, number>()
  let requests: string[] = []
  /** Read models that others have requested, wherever they run: until when, and the position last announced from here. */
  const requested = new Map<string, { readonly until: number; announced: bigint }>()
  let isAnnouncing = false
  let isDue = false

  /** Returns what has moved here since it was last announced. */
  const movesHere = (): readonly AnnouncedPosition[] => {
    const moves: AnnouncedPosition[] = []
    for (const [name, one] of requested) {
      const at = here(name)
      if (one.until < now()) requested.delete(name)
      else if (at && at.position !== one.announced) {
        moves.push({ name, ...at })
        one.announced = at.position
      }
    }
    return moves
  }

  /** Announces what has moved; moves of the same turn, and those during an announcement, share the next one. */
  const announce = async (): Promise<void> => {
    isDue = true
    if (isAnnouncing) return
    isAnnouncing = true
    // Read models that were written together move in the same turn.
    await Promise.resolve()
    while (isDue) {
      isDue = false
      const moves = movesHere()
      if (moves.length > 0) await news.announce(moves).catch(onError)
    }
    isAnnouncing = false
  }

  news.onRequest((names) => {
    const until = now() + announcedFor
    // Announced at once, also to processes that have received it before; after a hand-over by the process that takes over.
    for (const name of names) requested.set(name, { until, announced: -1n })
    void announce()
  })
  news.onAnnounced((positions) => {
    const at = now()
    for (const { name, ...one } of positions) {
      if (here(name)) continue
      known.set(name, { ...one, at })
      announcedAt.set(name, at)
      onAnnounced(name)
    }
  })

  const sendRequests = async (): Promise<void> => {
    await Promise.resolve()
    const names = requests
    requests = []
    await news.request(names).catch(onError)
  }

  return {
    request: (name) => {
      const last = requestedAt.get(name)
      if (last !== undefined && now() - last < requestEvery) return
      requestedAt.set(name, now())
      requests.push(name)
      if (requests.length === 1) void sendRequests()
    },
    isAnnounced: (name) => {
      const last = announcedAt.get(name)
      return last !== undefined && now() - last < announcedFor
    },
    recent: (name) => {
      const last = known.get(name)
      return last !== undefined && now() - last.at < recentFor ? last : undefined
    },
    saw: (name, position) => {
      const last = known.get(name)
      if (last === undefined || last.position < position) known.set(name, { position, at: now() })
    },
    moved: (name) => {
      if (requested.has(name)) void announce()
    },
  }
}
