import type { PositionNews } from '../platform/messaging/position-news/port.ts'

/** Time for which the positions of a read model are announced after a request, in ms. */
const announcedFor = 15_000

/** Interval at which a process that waits repeats its request, in ms. */
const requestEvery = 5_000

/** Time for which an announced position is taken for the present one, in ms: a switch to another generation is not announced. */
const currentFor = 1_000

/** Positions of read models that this process waits for and others run, and announcements of those that it runs. */
export type AnnouncedPositions = {
  /** Requests announcements of a read model, unless it was requested shortly before. */
  readonly want: (name: string) => void
  /** Whether the process that runs a read model announces its positions. */
  readonly isAnnounced: (name: string) => boolean
  /** The last announced position of a read model; undefined when it is not recent. */
  readonly heard: (name: string) => bigint | undefined
  /** Announces the position that a read model of this process has been written to, if it is wanted. */
  readonly moved: (name: string) => void
}

/** Announces nothing: for a process without others. */
export const unannounced: AnnouncedPositions = {
  want: () => undefined,
  isAnnounced: () => false,
  heard: () => undefined,
  moved: () => undefined,
}

/**
 * Exchanges positions of read models with other processes, only of those that some process waits for.
 * @param options.positionHere the position of a read model of this process; undefined for all others
 * @param options.onHeard called with each read model and its announced position
 * @param options.onError called with every failure; waits poll meanwhile
 * @param options.now monotonic clock, in ms
 */
export const announcedPositions = (
  news: PositionNews,
  {
    positionHere,
    onHeard,
    onError,
    now = () => performance.now(),
  }: {
    readonly positionHere: (name: string) => bigint | undefined
    readonly onHeard: (name: string, position: bigint) => void
    readonly onError: (error: unknown) => void
    readonly now?: () => number
  },
): AnnouncedPositions => {
  /** Announcements of others, by read model. */
  const heard = new Map<string, { readonly position: bigint; readonly at: number }>()
  /** When each read model was last requested. */
  const requestedAt = new Map<string, number>()
  let requests: string[] = []
  /** Read models of this process that others wait for: until when, and the last announced position. */
  const wanted = new Map<string, { until: number; announced: bigint }>()
  let isAnnouncing = false
  let isDue = false

  /** Returns what has moved since it was last announced. */
  const unannouncedMoves = (): Map<string, bigint> => {
    const moves = new Map<string, bigint>()
    for (const [name, one] of wanted) {
      const position = positionHere(name)
      if (position === undefined || one.until < now()) wanted.delete(name)
      else if (position !== one.announced) {
        moves.set(name, position)
        one.announced = position
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
      const moves = unannouncedMoves()
      if (moves.size > 0) await news.announce(moves).catch(onError)
    }
    isAnnouncing = false
  }

  news.onRequest((names) => {
    const until = now() + announcedFor
    for (const name of names) {
      if (positionHere(name) === undefined) continue
      // Announced at once, also to those that heard of it before.
      wanted.set(name, { until, announced: -1n })
    }
    if (wanted.size > 0) void announce()
  })
  news.onAnnounced((positions) => {
    const at = now()
    for (const [name, position] of positions) {
      if (positionHere(name) !== undefined) continue
      heard.set(name, { position, at })
      onHeard(name, position)
    }
  })

  const sendRequests = async (): Promise<void> => {
    await Promise.resolve()
    const names = requests
    requests = []
    await news.request(names).catch(onError)
  }

  return {
    want: (name) => {
      const last = requestedAt.get(name)
      if (last !== undefined && now() - last < requestEvery) return
      requestedAt.set(name, now())
      requests.push(name)
      if (requests.length === 1) void sendRequests()
    },
    isAnnounced: (name) => {
      const last = heard.get(name)
      return last !== undefined && now() - last.at < announcedFor
    },
    heard: (name) => {
      const last = heard.get(name)
      return last !== undefined && now() - last.at < currentFor ? last.position : undefined
    },
    moved: (name) => {
      if (wanted.has(name)) void announce()
    },
  }
}
