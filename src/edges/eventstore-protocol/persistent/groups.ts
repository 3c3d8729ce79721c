import { setTimeout as pause } from 'node:timers/promises'
import type { RecordedEvent } from '#kernel'
import {
  StaleTerm,
  wholeLog,
  type ConsumerGroups,
  type GroupDefinition,
  type GroupKey,
  type LeaderAddress,
  type StoredGroup,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { accessDenied, badArgument, CallRefused, unavailable } from '../call-refused.ts'
import type { Caller } from '../callers.ts'
import { maskedLog } from '../masked-log.ts'
import type { ReadableLog } from '../read-pages.ts'
import type { GroupReport, Groups } from './group-operations.ts'
import { groupRun, type GroupRun } from './group-run.ts'
import { endedRuns, figuresOf } from './group-figures.ts'
import { groupSource, lastPlace, type GroupSource } from './group-source.ts'
import { dropped, groupExists, groupMissing, notLeader, tooManyConsumers } from './refusals.ts'
import { serialQueues } from './serial-queues.ts'

/** Dependencies of the groups. */
export type GroupsDeps = {
  readonly store: ConsumerGroups
  readonly log: ReadableLog
  readonly masked: (event: RecordedEvent) => RecordedEvent
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

type Term = {
  readonly number: bigint
  readonly isHeld: () => boolean
  readonly runs: Map<string, GroupRun>
  readonly ended: ReturnType<typeof endedRuns>
  /** Ends the term in this process. */
  readonly resign: () => void
  readonly signal: AbortSignal
}

/** How long groups may take to be saved when a term ends, in ms. */
const savingMs = 400

const electing =
  'No process leads the persistent subscriptions at the moment; connect again in some seconds'

const idOf = ({ source, name }: GroupKey): string => JSON.stringify([source, name])

/** Serves the groups of a log in one process at a time: the one that leads. */
export const persistentGroups = ({ store, log, masked, onError, now }: GroupsDeps): Groups => {
  const logs = { full: log, masked: maskedLog(log, masked) }
  let term: Term | undefined
  /** Address of this endpoint, once it has led. */
  let own: LeaderAddress | undefined
  const serially = serialQueues()

  /** @throws CallRefused with the address of the process that leads, where it is another one */
  const leading = async (): Promise<Term> => {
    if (term?.isHeld()) return term
    const leader = await store.leader()
    const isHere = leader?.host === own?.host && leader?.port === own?.port
    throw !leader || isHere ? unavailable(electing) : notLeader(leader)
  }

  /** Runs an operation in the present term, on one group. */
  const inTerm = <T>(key: GroupKey, work: (term: Term) => Promise<T>): Promise<T> =>
    serially(idOf(key), async () => {
      const current = await leading()
      try {
        return await work(current)
      } catch (error) {
        if (!(error instanceof StaleTerm)) throw error
        current.resign()
        throw unavailable(electing)
      }
    })

  const sourceOf = (key: GroupKey, definition: Omit<GroupDefinition, 'startFrom'>): GroupSource =>
    groupSource(logs[definition.view], { ...definition, source: key.source, name: key.name })

  /** @throws CallRefused when there is no such group, or the caller may not read what it reads */
  const found = async ({ seesAll }: Caller, key: GroupKey): Promise<StoredGroup> => {
    const group = await store.find(key)
    if (!group) throw groupMissing(key)
    if (group.view === 'full' && !seesAll)
      throw accessDenied(
        `Subscription group ${key.name} on stream ${key.source} reads unmasked events, for admins of a writable endpoint; create a group of your own`,
      )
    return group
  }

  const startRun = async (current: Term, group: StoredGroup): Promise<GroupRun> => {
    const run = groupRun(group, {
      source: sourceOf(group, group),
      replaying: await store.replaying(group),
      save: (changes) => store.save(current.number, group, changes),
      isHeld: current.isHeld,
      onStale: current.resign,
      onError,
      now,
    })
    current.runs.set(idOf(group), run)
    return run
  }

  /** Ends the run of a group. @param id of the group */
  const endRun = async (current: Term, id: string, refusal?: CallRefused): Promise<void> => {
    const run = current.runs.get(id)
    current.runs.delete(id)
    const ended = run && current.ended.add(id, run)
    await run?.close(refusal)
    ended?.()
  }

  /** Ends all runs when the term is over: at once, since an operation that waits for the store must not keep consumers here. */
  const endAll = async (current: Term, refusal: CallRefused): Promise<void> => {
    const runs = [...current.runs.values()]
    current.runs.clear()
    await Promise.all(runs.map((run) => run.close(refusal)))
  }

  /** Has a run deliver what is to be delivered again by now, also what another process has requested. */
  const replayAgain = async (current: Term, key: GroupKey): Promise<void> =>
    current.runs.get(idOf(key))?.replay(() => store.replaying(key))

  const reportOf = async (group: StoredGroup): Promise<GroupReport> => ({
    ...group,
    last: await sourceOf(group, group).last(),
    run: term?.runs.get(idOf(group))?.report(),
  })

  return {
    lead: async ({ signal, isHeld }, address) => {
      own = address
      const ended = new AbortController()
      const current: Term = {
        number: await store.lead(address),
        isHeld: () => !ended.signal.aborted && isHeld(),
        runs: new Map(),
        ended: endedRuns(),
        resign: () => ended.abort(),
        signal: AbortSignal.any([ended.signal, signal]),
      }
      term = current
      await new Promise<void>((resolve) => {
        if (current.signal.aborted) resolve()
        current.signal.addEventListener('abort', () => resolve(), { once: true })
      })
      term = undefined
      const timer = new AbortController()
      await Promise.race([
        endAll(current, unavailable(electing)),
        pause(savingMs, undefined, { signal: timer.signal }).catch(() => undefined),
      ])
      timer.abort()
      ended.abort()
    },

    create: ({ seesAll }, key, definition) =>
      inTerm(key, async ({ number }) => {
        const full: GroupDefinition = { ...definition, view: seesAll ? 'full' : 'masked' }
        const checkpoint = await sourceOf(key, full).startOf(definition.startFrom)
        const outcome = await store.create(number, key, full, checkpoint)
        if (outcome === 'exists') throw groupExists(key)
        if (outcome === 'full')
          throw badArgument('groupName: there are too many subscription groups; delete some first')
      }),

    update: (caller, key, { startFrom, settings }) =>
      inTerm(key, async (current) => {
        const group = await found(caller, key)
        const checkpoint = await sourceOf(key, group).startOf(startFrom)
        await endRun(current, idOf(key), dropped(key, 'its settings were changed; connect again'))
        await store.update(current.number, key, { startFrom, settings }, checkpoint)
      }),

    remove: (caller, key) =>
      inTerm(key, async (current) => {
        await found(caller, key)
        await endRun(current, idOf(key), dropped(key, 'it was deleted'))
        await store.remove(current.number, key)
        current.ended.remove(idOf(key))
      }),

    join: (caller, key, consumer) =>
      inTerm(key, async (current) => {
        const group = await found(caller, key)
        const most = group.settings.maxSubscriberCount
        const run = current.runs.get(idOf(key)) ?? (await startRun(current, group))
        if (most > 0 && run.consumers() >= most) throw tooManyConsumers(key)
        // The term may have ended while the group was read.
        if (!current.isHeld() || current.signal.aborted) {
          await endRun(current, idOf(key), unavailable(electing))
          throw unavailable(electing)
        }
        run.join(consumer)
        return {
          ack: run.ack,
          nack: run.nack,
          written: run.written,
          leave: () =>
            serially(idOf(key), async () => {
              run.leave(consumer.id)
              if (run.consumers() === 0 && current.runs.get(idOf(key)) === run)
                await endRun(current, idOf(key))
            }),
        }
      }),

    replayParked: (caller, key, limit) =>
      inTerm(key, async (current) => {
        await found(caller, key)
        await current.runs.get(idOf(key))?.save()
        await store.replay(current.number, key, limit)
        await replayAgain(current, key)
      }),

    checkReplays: async () => {
      const asked = (await store.summaries()).filter(
        (group) => group.replaying > 0 && term?.runs.has(idOf(group)),
      )
      await Promise.all(
        asked.map((key) => inTerm(key, (current) => replayAgain(current, key)).catch(onError)),
      )
    },

    report: (caller, key) =>
      inTerm(key, async (current) => {
        await current.runs.get(idOf(key))?.save()
        return reportOf(await found(caller, key))
      }),

    list: async ({ seesAll }, source) => {
      await leading()
      const groups = await store.list()
      const chosen = groups.filter(
        (one) =>
          (source === undefined || one.source === source) && (seesAll || one.view === 'masked'),
      )
      return Promise.all(chosen.map(reportOf))
    },

    figures: async () => {
      const current = term
      if (!current?.isHeld()) return []
      return figuresOf(await store.summaries(), {
        idOf,
        runOf: (id) => current.runs.get(id),
        ended: current.ended,
        lastOf: ({ view, source }) => lastPlace(logs[view], source),
      })
    },

    restart: async ({ seesAll }) => {
      if (!seesAll)
        throw accessDenied('Admins of a writable endpoint restart the persistent subscriptions')
      const current = await leading()
      const refusal = unavailable('The persistent subscriptions are restarted; connect again')
      // After what is under way: a consumer that is joining would join a run that has ended.
      await Promise.all(
        Array.from(current.runs.keys(), (id) => serially(id, () => endRun(current, id, refusal))),
      )
    },
  }
}

/** Whether a source is the whole log. */
export const isWholeLog = ({ source }: Pick<GroupKey, 'source'>): boolean => source === wholeLog
