import { randomUUID } from 'node:crypto'
import type { AnyProjection, AnySaga, Catalogue, Projection } from '#kernel'
import { notAudited, type Audits } from '../platform/storage/audits/port.ts'
import {
  requestTypes,
  type DeadLetters,
  type Follower,
} from '../platform/storage/dead-letters/port.ts'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Queue } from '../platform/messaging/queue/port.ts'
import type { ConsumerGroups } from '../platform/messaging/consumer-groups/port.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import { letterCircumstances } from './letter-circumstances.ts'
import { operateGroups } from './operate-groups.ts'
import { buildingIn, operateRebuilds, rebuildStatus } from './operate-rebuilds.ts'
import { operateSagas } from './operate-sagas.ts'
import type { Operations, ProjectionStatus } from './operations.ts'
import type { Progress } from './progress.ts'
import { publisherOf } from './publisher-name.ts'
import type { SagaRun } from './saga-overview.ts'

/** Joins the queue and the id of a parked job into the id of its letter. */
const separator = '~'

/** Where positions do not count events, the number of events read to estimate how many there are. */
const lookedAt = 1_000

/**
 * The side of operators, whichever process runs what.
 * @param deps.sagas all sagas
 * @param deps.overview the read model of their runs
 * @param deps.audits store of audits
 * @param deps.queues every queue there is
 * @param deps.brokers names of the brokers that events are published to, default none
 * @param deps.checkpoints of their publishers
 * @param deps.groups groups of consumers, default none
 * @param deps.clock the clock by which events are recorded
 */
export const operations = ({
  projections,
  sagas,
  catalogue,
  overview,
  documents,
  log,
  letters,
  audits,
  control,
  progress,
  queues,
  brokers = [],
  checkpoints,
  groups,
  clock,
}: {
  readonly projections: readonly AnyProjection[]
  readonly sagas: readonly AnySaga[]
  readonly catalogue: Pick<Catalogue, 'masked' | 'personal' | 'unreadable' | 'streamTold'>
  readonly overview: Projection<SagaRun>
  readonly documents: DocumentStore
  readonly log: Pick<EventLog, 'head' | 'read' | 'readAll' | 'dense'>
  readonly letters: DeadLetters
  readonly audits: Audits
  readonly control: Control
  readonly progress: Progress
  readonly queues: readonly Queue[]
  readonly brokers?: readonly string[]
  readonly checkpoints?: Pick<Checkpoints, 'load'>
  readonly groups?: Pick<ConsumerGroups, 'summaries' | 'requestReplay'>
  readonly clock: () => Date
}): Operations => {
  /** How many events a read model has not taken in, and how old the first of them is. */
  const behind = async (
    position: bigint,
    head: bigint,
  ): Promise<{ readonly events: number; readonly seconds: number }> => {
    if (position >= head) return { events: 0, seconds: 0 }
    const limit = log.dense ? 1 : lookedAt
    const page = await log.readAll({ after: position, limit })
    const [first] = page.events
    const seconds = first ? Math.max(0, (clock().getTime() - Date.parse(first.at)) / 1_000) : 0
    if (page.caughtUp) return { events: page.events.length, seconds }
    const share = Number(page.position - position) / Number(head - position)
    return { events: Math.round(page.events.length / Math.min(share, 1)), seconds }
  }

  const statusOf = async (
    projection: AnyProjection,
    head: bigint,
    paused: ReadonlySet<string>,
    parked: ReadonlyMap<string, number>,
  ): Promise<ProjectionStatus> => {
    const { name, version } = projection
    const records = await documents.generations(name)
    const live = records.find(({ status }) => status === 'live')
    const building = buildingIn(records)
    const position = live ? await progress.positionOf(name) : 0n
    const lag = await behind(position, head)
    const left = records.filter(
      ({ status, store }) =>
        status === 'retired' && documents.storeFor({ ...projection, store }) !== store,
    )
    const rebuild =
      building && (await rebuildStatus(name, building, { documents, head, now: clock().getTime() }))
    const report =
      live?.gate && (await documents.report({ projection, generation: live.generation }))
    return {
      name,
      version: live?.version ?? version,
      generation: live?.generation ?? 0,
      store: live?.store ?? documents.storeFor(projection),
      ...(documents.storeFor(projection) !== projection.store && {
        declaredStore: projection.store,
      }),
      ...(left.length > 0 && { remainsIn: [...new Set(left.map(({ store }) => store))] }),
      // Without any generation, the first one is about to be begun.
      status: paused.has(name)
        ? 'paused'
        : (building && rebuild?.state !== 'waiting') || !live
          ? 'building'
          : 'live',
      position,
      head: head > position ? head : position,
      lagEvents: lag.events,
      lagSeconds: lag.seconds,
      within: projection.within,
      parked: parked.get(name) ?? 0,
      ...(rebuild && { rebuild }),
      ...(live?.comparison && { comparison: live.comparison }),
      ...(report && { report }),
    }
  }

  const known = (name: string) => projections.find((projection) => projection.name === name)

  /** Leaves a request for one document to the process that runs its live generation. */
  const requestFor = async (
    name: string,
    key: string,
    type: (typeof requestTypes)[keyof typeof requestTypes],
  ): Promise<boolean> => {
    const projection = known(name)
    const live = projection && (await documents.live(projection))
    if (!live) return false
    const follower: Follower = { kind: 'projection', name, generation: live.generation }
    // In one step: a letter that was resolved first would be lost with a process that ends in between.
    await letters.request(follower, {
      key,
      position: await progress.positionOf(name),
      type,
      error: 'Requested by an operator',
    })
    await control.announce()
    return true
  }

  const operate: Operations = {
    projections: async () => {
      const [head, paused, all] = await Promise.all([log.head(), control.paused(), letters.list()])
      const parked = new Map<string, number>()
      for (const { kind, name } of all)
        if (kind === 'projection') parked.set(name, (parked.get(name) ?? 0) + 1)
      return Promise.all(projections.map((one) => statusOf(one, head, paused, parked)))
    },

    lags: async () => {
      const names = projections.map(({ name }) => name)
      const [head, positions] = await Promise.all([log.head(), documents.positions(names)])
      return Promise.all(
        projections.map(async ({ name, within }) => {
          const lag = await behind(positions.get(name) ?? 0n, head)
          return { name, lagEvents: lag.events, lagSeconds: lag.seconds, within }
        }),
      )
    },

    bridges: async () => {
      if (brokers.length === 0 || !checkpoints) return []
      const [head, counts] = await Promise.all([log.head(), letters.counts()])
      return Promise.all(
        brokers.map(async (name) => {
          const position = await checkpoints.load(publisherOf(name))
          const lag = await behind(position, head)
          const parked = counts.find((one) => one.kind === 'bridge' && one.name === name)
          return {
            name,
            position,
            head: head > position ? head : position,
            lagEvents: lag.events,
            lagSeconds: lag.seconds,
            parked: parked?.count ?? 0,
          }
        }),
      )
    },

    ...operateRebuilds(known, { documents, control }),
    refold: (name, key) => requestFor(name, key, requestTypes.refold),
    removeDocument: (name, key) => requestFor(name, key, requestTypes.removal),
    pause: async (name) => {
      if (!known(name)) return false
      await control.pause(name)
      return true
    },
    resume: async (name) => {
      if (!known(name)) return false
      await control.resume(name)
      return true
    },

    ...operateGroups({ groups, control, catalogue }),
    ...operateSagas({ sagas, overview, documents, log, letters, control, catalogue }),

    audits: async () => {
      const records = new Map((await audits.list()).map((record) => [record.name, record]))
      return projections.map(({ name }) => records.get(name) ?? { name, ...notAudited })
    },
    audit: async (names, { all }) => {
      if (names?.some((name) => !known(name))) return undefined
      const asked = projections
        .map(({ name }) => name)
        .filter((name) => names?.includes(name) ?? true)
      for (const name of asked) await audits.request(name, { id: randomUUID(), all })
      await control.announce()
      return asked
    },

    deadLetters: async () => {
      const [all, ...jobs] = await Promise.all([
        letters.list(),
        ...queues.map((queue) => queue.parked(500)),
      ])
      return [
        ...all,
        ...jobs.flat().map(({ queue, id, error, attempts, failedAt }) => ({
          id: `${queue}${separator}${id}`,
          kind: 'job' as const,
          name: queue,
          key: id,
          error,
          attempts,
          at: failedAt,
        })),
      ].toSorted((a, b) => (a.at < b.at ? 1 : -1))
    },
    deadLetter: async (id) => {
      if (id.includes(separator))
        return (await operate.deadLetters()).find((letter) => letter.id === id)
      const letter = await letters.find(id)
      if (!letter) return undefined
      const { generation: _, ...shown } = letter
      return { ...shown, ...(await letterCircumstances(letter, { projections, documents, log })) }
    },
    deadLetterCounts: async () => {
      const [all, ...jobs] = await Promise.all([
        letters.counts(),
        ...queues.map((queue) => queue.parkedCounts()),
      ])
      return [
        ...all,
        ...jobs
          .flat()
          .map(({ queue, parked }) => ({ kind: 'job' as const, name: queue, count: parked })),
      ]
    },
    skipDeadLetter: async (id, position) => {
      if (!(await letters.requestSkip(id, position)))
        return (await letters.find(id))?.kind === 'bridge' ? 'moved' : undefined
      await control.announce()
      return 'requested'
    },
    retryDeadLetter: async (id) => {
      const at = id.indexOf(separator)
      if (at >= 0) {
        const [queue, job] = [id.slice(0, at), id.slice(at + 1)]
        for (const one of queues) if (await one.retry(queue, job)) return true
        return false
      }
      const found = await letters.requestRetry(id)
      if (found) await control.announce()
      return found
    },
  }
  return operate
}
