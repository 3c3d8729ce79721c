import { categoryOf, idOf, type AnyDecider, type Message, type RecordedEvent } from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { Scratch } from '../../platform/storage/scratch/port.ts'

/** A stream as it was recorded, beside what it is under the rules that are tried. */
export type TriedStream = {
  readonly stream: string
  /** State by the installed rules, and revision, of the recorded events so far; -1 without events. */
  recorded: unknown
  revision: number
  /** State by the tried rules, and revision, of the events under those rules. */
  changed: unknown
  changedRevision: number
  /** Whether the events differ. */
  differs: boolean
  /** An event cannot be folded: the stream is left as it was recorded. */
  lost: boolean
}

const space = 'stream'

/** Number of events in a page of a stream. */
const pageSize = 1_000

/** Dependencies of `triedStreams`. */
type Deps = {
  readonly log: Pick<EventLog, 'read'>
  /** The installed deciders, and those that are tried in their place, by name. */
  readonly installed: ReadonlyMap<string, AnyDecider>
  readonly changed: ReadonlyMap<string, AnyDecider>
  readonly scratch: Scratch
  /** Called with an event that cannot be folded. */
  readonly onProblem: (stream: string, event: Message, error: unknown) => void
}

/**
 * The streams in which both worlds may differ: those of changed deciders, and those that a difference has reached. All others
 * are as they were recorded. What is opened stays in memory until it is saved.
 */
export const triedStreams = ({ log, installed, changed, scratch, onProblem }: Deps) => {
  const opened = new Map<string, TriedStream>()

  const deciderOf = (
    deciders: ReadonlyMap<string, AnyDecider>,
    { stream }: Pick<TriedStream, 'stream'>,
  ): AnyDecider => {
    const found = deciders.get(categoryOf(stream)) ?? installed.get(categoryOf(stream))
    if (!found) throw new RangeError(`There is no decider of ${stream}`)
    return found
  }

  const folded = (decider: AnyDecider, state: unknown, event: Message): unknown => {
    if (!Object.hasOwn(decider.events, event.type))
      throw new TypeError(`${event.type} is no event of ${decider.name}`)
    return decider.evolve(state as never, event as never)
  }

  const fold = (one: TriedStream, events: readonly Message[], world: 'recorded' | 'changed') => {
    const decider = deciderOf(world === 'changed' ? changed : installed, one)
    for (const event of events) {
      if (one.lost) return
      try {
        one[world] = folded(decider, one[world], event)
      } catch (error) {
        one.lost = true
        onProblem(one.stream, event, error)
      }
    }
    if (world === 'changed') one.changedRevision += events.length
    else one.revision += events.length
  }

  const empty = (stream: string): TriedStream => ({
    stream,
    recorded: deciderOf(installed, { stream }).initialState,
    revision: -1,
    changed: deciderOf(changed, { stream }).initialState,
    changedRevision: -1,
    differs: false,
    lost: false,
  })

  const load = async (stream: string, upTo: bigint): Promise<TriedStream> => {
    const one = empty(stream)
    for (let from = 0; ; from += pageSize) {
      const page = await log.read(stream, { from, limit: pageSize })
      const past = page.filter(({ position }) => position <= upTo)
      fold(one, past, 'recorded')
      fold(one, past, 'changed')
      if (past.length < pageSize) return one
    }
  }

  return {
    /** The rules of a stream that are tried: the installed ones, unless they are changed. */
    ruleOf: (stream: string): AnyDecider => deciderOf(changed, { stream }),
    installedRuleOf: (stream: string): AnyDecider => deciderOf(installed, { stream }),
    /** Whether the rules of a stream are changed. */
    isChanged: (stream: string): boolean => changed.has(categoryOf(stream)),
    /** Whether both worlds may differ in a stream. */
    isTried: (stream: string): boolean =>
      changed.has(categoryOf(stream)) ||
      opened.has(stream) ||
      scratch.get(space, stream) !== undefined,
    /** Whether both worlds differ in a stream, by its events or its rules. */
    mayDiffer: (stream: string): boolean => {
      if (changed.has(categoryOf(stream))) return true
      const one = opened.get(stream) ?? (scratch.get(space, stream) as TriedStream | undefined)
      return one?.differs === true
    },
    /**
     * Opens a stream; for the first time as it was recorded.
     * @param upTo position up to which its events are folded
     * @param isNew whether it has no events up to there
     */
    open: async (stream: string, upTo: bigint, isNew = false): Promise<TriedStream> => {
      const one =
        opened.get(stream) ??
        (scratch.get(space, stream) as TriedStream | undefined) ??
        (isNew ? empty(stream) : await load(stream, upTo))
      opened.set(stream, one)
      return one
    },
    fold,
    /** Writes what was opened, and drops it from memory. */
    save: (): void => {
      for (const [stream, one] of opened) scratch.set(space, stream, one)
      opened.clear()
    },
    /** All streams that were opened. Call `save` before. */
    all: function* (): Generator<TriedStream> {
      for (const [, one] of scratch.entries(space)) yield one as TriedStream
    },
  }
}

/** Returns an event as the log would return it. */
export const eventIn = (
  stream: string,
  message: Message,
  place: Pick<RecordedEvent, 'eventId' | 'revision' | 'position' | 'at' | 'metadata'>,
): RecordedEvent => ({ ...message, ...place, stream, id: idOf(stream) })
