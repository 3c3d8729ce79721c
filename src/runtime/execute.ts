import { boundedCache } from '../platform/bounded-cache.ts'
import { idOf, streamOf, type AnyDecider, type Catalogue, type RecordedEvent } from '#kernel'
import { Conflict, EventRefused, type EventLog } from '../platform/storage/event-log/port.ts'
import type { Snapshot, Snapshots } from '../platform/storage/snapshots/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { decideAll, type Answer, type Asked, type Decision } from './decide-all.ts'
import { draftOf, type Drafts } from './drafts.ts'
import { BasisMoved, type Basis, type Executor } from './execution.ts'
import { recordOn } from './record-on.ts'

/** Attempts at a decision whose append may be retried, before the command fails with the error. */
const attempts = 6

/** The number of a stream's last commands that are cached, to recognise a repetition. */
const remembered = 1_000

/** Events between two snapshots of a stream. */
const snapshotEvery = 500

/** Events read before a snapshot is looked up: most streams are shorter. */
const firstPage = 100

/** The greatest number of commands in one batch. */
const mostAtOnce = 200

/** A cached stream: its state, and the commands that wait for it. */
type Instance = {
  readonly decider: AnyDecider
  readonly stream: string
  /** Not loaded; assumed empty until the log reports a conflict. */
  unknown: boolean
  /** Other processes may have appended since: the stream is read before anything is decided. */
  stale: boolean
  state: unknown
  revision: number
  position: bigint
  snapshotAt: number
  /** The last commands and the revision each led to, oldest first. */
  readonly commands: Map<string, number>
  waiting: Asked[]
  busy: boolean
}

/** The streams that the decisions of a batch rest on. */
const basesOf = (batch: readonly Asked[]): readonly Basis[] =>
  batch.length === 1 ? (batch[0]!.bases ?? []) : batch.flatMap(({ bases }) => bases ?? [])

/** Whether the log refused an append because of what a command is, and not because of where its stream is. */
const isOfCommand = (error: unknown): boolean =>
  error instanceof EventRefused || error instanceof BasisMoved

/**
 * Carries commands to deciders. Those that wait for the same stream are decided one after the other and recorded by
 * one append; the usual command costs that append and no read, since states are cached, and a stream that is not
 * loaded is assumed empty. The log refuses what was decided on a state that is not the present one; where
 * nothing is to be recorded, the present state is read before saying so. A stream with an event that cannot be folded
 * here is left alone: its commands fail with `NewerVersion`.
 * @param options.cached streams whose state is cached, default 20,000
 * @param options.observed called with every answer
 * @param options.onNewer called with every event that cannot be folded
 */
export const executor = ({
  log,
  snapshots,
  catalogue,
  clock = () => new Date(),
  cached = 20_000,
  observed,
  onNewer,
}: {
  readonly log: EventLog
  readonly snapshots: Snapshots
  readonly catalogue: Catalogue
  readonly clock?: () => Date
  readonly cached?: number
  readonly observed?: (decider: string, command: string, answer: 'taken' | 'refused') => void
  readonly onNewer?: (found: NewerVersion) => void
}): Executor &
  Drafts & {
    readonly idle: () => Promise<void>
    readonly forget: (person: string) => void
  } => {
  const instances = boundedCache<string, Instance>(cached)
  /** The number of streams being decided on and snapshots being saved. */
  let running = 0
  let whenIdle: (() => void)[] = []

  const ended = (): void => {
    running -= 1
    if (running > 0) return
    const waiting = whenIdle
    whenIdle = []
    for (const resolve of waiting) resolve()
  }

  const instanceOf = (decider: AnyDecider, id: string): Instance => {
    const stream = streamOf(decider, id)
    const known = instances.get(stream)
    if (known) return known
    const instance: Instance = {
      decider,
      stream,
      unknown: true,
      stale: false,
      state: decider.initialState,
      revision: -1,
      position: 0n,
      snapshotAt: -1,
      commands: new Map(),
      waiting: [],
      busy: false,
    }
    instances.set(stream, instance)
    return instance
  }

  const remember = ({ commands }: Instance, commandId: string, revision: number): void => {
    commands.set(commandId, revision)
    if (commands.size > remembered) commands.delete(commands.keys().next().value!)
  }

  const notFolded = (
    { type, stream }: RecordedEvent,
    why: string,
    options?: ConstructorParameters<typeof NewerVersion>[2],
  ): NewerVersion => {
    const found = new NewerVersion({ type, stream: catalogue.streamTold(stream) }, why, options)
    onNewer?.(found)
    return found
  }

  const evolved = ({ decider, state }: Instance, event: RecordedEvent): unknown => {
    const why = catalogue.unreadable(event)
    if (why !== undefined) throw notFolded(event, why)
    if (!Object.hasOwn(decider.events, event.type))
      throw notFolded(event, `${event.type} is no event of ${decider.name}`, { isForeign: true })
    try {
      return decider.evolve(state as never, event as never)
    } catch (error) {
      // Checked only now, as schemas may have become stricter since it was recorded.
      const problem = catalogue.problemWith(event.type, event.data)
      throw problem === undefined
        ? error
        : notFolded(event, problem, { isForeign: true, cause: error })
    }
  }

  const take = (instance: Instance, event: RecordedEvent): void => {
    instance.state = evolved(instance, event)
    instance.revision = event.revision
    instance.position = event.position
    remember(instance, event.metadata.commandId, event.revision)
  }

  /** Folds in what other processes have appended since. @returns whether there was anything */
  const refresh = async (instance: Instance): Promise<boolean> => {
    const before = instance.revision
    for (;;) {
      const events = await log.read(instance.stream, { from: instance.revision + 1, limit: 1_000 })
      for (const event of events) take(instance, event)
      if (events.length < 1_000) return instance.revision > before
    }
  }

  const startFrom = (instance: Instance, snapshot: Snapshot | undefined): void => {
    instance.state = snapshot ? snapshot.state : instance.decider.initialState
    instance.revision = instance.snapshotAt = snapshot?.revision ?? -1
    instance.position = snapshot?.position ?? 0n
    instance.commands.clear()
    for (const [id, revision] of snapshot?.commands ?? []) instance.commands.set(id, revision)
  }

  const load = async (instance: Instance): Promise<void> => {
    const { decider, stream } = instance
    startFrom(instance, undefined)
    const first = await log.read(stream, { limit: firstPage })
    if (first.length < firstPage) for (const event of first) take(instance, event)
    else {
      startFrom(instance, await snapshots.load(stream, decider.stateVersion))
      await refresh(instance)
    }
    instance.unknown = false
  }

  /** Folds in the events that the log has by now. @returns whether there was anything new */
  const lookAgain = (instance: Instance): Promise<boolean> =>
    instance.unknown ? load(instance).then(() => instance.revision >= 0) : refresh(instance)

  const keepSnapshot = (instance: Instance): void => {
    const { stream, decider, revision, position, state, commands, snapshotAt } = instance
    if (revision - snapshotAt < snapshotEvery) return
    instance.snapshotAt = revision
    running += 1
    void snapshots
      .save({
        stream,
        stateVersion: decider.stateVersion,
        revision,
        position,
        state,
        commands: [...commands],
      })
      // The next one will do; until then, loading takes longer.
      .catch(() => undefined)
      .then(ended)
  }

  /** Applies decisions once their events are appended. */
  const keep = (
    instance: Instance,
    { state, revision, taken }: Decision,
    position: bigint,
  ): void => {
    Object.assign(instance, { state, revision, position, unknown: false })
    for (const [commandId, at] of taken) remember(instance, commandId, at)
    keepSnapshot(instance)
  }

  const answer = async (instance: Instance, batch: readonly Asked[]): Promise<void> => {
    let verified = instance.stale
    if (instance.stale) await lookAgain(instance)
    instance.stale = false
    for (let attempt = 1; ; attempt++) {
      const decision = decideAll(instance, batch, { catalogue, clock, observed })
      const { events, decided, taken } = decision
      if (events.length === 0) {
        // Nothing is recorded that would show a stale state for what it is: look before saying so.
        if (!verified) {
          verified = true
          if (await lookAgain(instance)) continue
        }
        decided.forEach(({ settle }) => settle(instance.position))
        return
      }
      try {
        const expected = instance.revision < 0 ? 'none' : instance.revision
        const append = { stream: instance.stream, expected, events } as const
        const bases = basesOf(batch)
        const { position, before } = await recordOn(log, append, bases)
        if (before) {
          // A retry of a command that was already recorded: the answer is the recorded one.
          await load(instance)
          for (const [commandId, at] of taken)
            if (!instance.commands.has(commandId)) remember(instance, commandId, at)
          verified = true
          continue
        }
        keep(instance, decision, position)
        decided.forEach(({ settle }) => settle(position))
        return
      } catch (error) {
        if (isOfCommand(error) && batch.length > 1) {
          for (const one of batch)
            await answer(instance, [one]).catch((cause: unknown) => failed(instance, [one], cause))
          return
        }
        const mayTryAgain = error instanceof Conflict || error instanceof Unavailable
        if (!mayTryAgain || attempt === attempts) throw error
        // Finds out what others wrote, and, after an outage, whether these events were recorded after all.
        await lookAgain(instance)
        verified = true
      }
    }
  }

  /**
   * A failure is passed to every caller in a batch, and the state is read anew next time; unless the log has refused
   * events of their own, which says nothing against the state.
   */
  const failed = (instance: Instance, batch: readonly Asked[], error: unknown): void => {
    if (!isOfCommand(error)) {
      instance.unknown = true
      startFrom(instance, undefined)
    }
    batch.forEach(({ reject }) => reject(error))
  }

  /** Answers the commands that wait for a stream, batch by batch. */
  const run = async (instance: Instance): Promise<void> => {
    while (instance.waiting.length > 0) {
      const batch = instance.waiting.splice(0, mostAtOnce)
      try {
        await answer(instance, batch)
      } catch (error) {
        failed(instance, batch, error)
      }
    }
    instance.busy = false
    ended()
  }

  const ask = (decider: AnyDecider, id: string, asked: Omit<Asked, 'resolve' | 'reject'>) =>
    new Promise<Answer>((resolve, reject) => {
      const instance = instanceOf(decider, id)
      instance.waiting.push({ ...asked, resolve, reject })
      if (instance.busy) return
      instance.busy = true
      running += 1
      void run(instance)
    })

  /** Makes commands to a stream wait. @returns a function that lets them continue */
  const reserve = (instance: Instance) => {
    instance.busy = true
    running += 1
    return (isStale: boolean): void => {
      instance.stale ||= isStale
      void run(instance)
    }
  }

  return {
    execute: (decider, id, command, origin, { expectedRevision, bases } = {}) =>
      ask(decider, id, { command, origin, expectedRevision, bases }) as never,
    basisOf: (decider, id) => {
      const stream = streamOf(decider, id)
      const known = instances.get(stream)
      // Without a promise: nearly every command that rests on another stream finds it known.
      if (log.appendTogether && known && !known.unknown && !known.stale)
        return { state: known.state as never, basis: { stream, revision: known.revision } }
      return ask(decider, id, {}).then((answer) => {
        const { state, revision } = answer as never
        return { state, ...(log.appendTogether && { basis: { stream, revision } }) }
      })
    },
    draft: (decider, id, command, origin, { exists = false } = {}) => {
      const instance = instanceOf(decider, id)
      if (instance.busy) return undefined
      instance.stale ||= exists && instance.unknown
      if (instance.stale) return undefined
      return draftOf(
        instance,
        { command, origin },
        {
          catalogue,
          clock,
          observed,
          reserve: () => reserve(instance),
          take: (decision, position) => keep(instance, decision, position),
        },
      )
    },
    stateOf: (decider, id, { enough } = {}) => {
      const kept = enough && instances.get(streamOf(decider, id))
      if (kept && !kept.unknown && enough(kept.state as never)) {
        const { state, revision, position } = kept
        return Promise.resolve({ state, revision, position }) as never
      }
      return ask(decider, id, {}) as never
    },
    /** Evicts the cached states of streams about a person; the next command reads them again. */
    forget: (person) => {
      for (const [stream, { state }] of instances.entries())
        if (idOf(stream) === person || (state as { userId?: unknown } | null)?.userId === person)
          instances.delete(stream)
    },
    /** Resolves when no stream is being decided on and no snapshot is being saved. */
    idle: async () => {
      while (running > 0)
        await new Promise<void>((resolve) => {
          whenIdle.push(resolve)
        })
    },
  }
}
