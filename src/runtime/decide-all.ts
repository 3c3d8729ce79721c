import {
  derivedUuid,
  isRefusal,
  type AnyDecider,
  type Catalogue,
  type Message,
  type Refusal,
} from '#kernel'
import { Conflict, type NewEvent } from '../platform/storage/event-log/port.ts'
import type { Basis, Executed, Origin } from './execution.ts'

/** The outcome of a command. */
export type Answer = Executed<AnyDecider> | Refusal

/** A caller that waits for the answer to a command, or, without one, for the present state. */
export type Asked = {
  readonly command?: Message
  readonly origin?: Origin
  readonly expectedRevision?: number | undefined
  readonly bases?: readonly Basis[] | undefined
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** The decision for one caller, until the log has accepted it. */
type Decided = { readonly asked: Asked; readonly settle: (position: bigint) => void }

const newEvent = (
  origin: Origin,
  { type, data }: Message,
  index: number,
  schemaVersion: number,
): NewEvent => ({
  eventId: derivedUuid(origin.commandId, String(index)),
  type,
  data,
  metadata: {
    correlationId: origin.correlationId,
    causationId: origin.causationId ?? origin.commandId,
    commandId: origin.commandId,
    actorId: origin.actorId,
    schemaVersion,
  },
})

/** A stream as far as a decision needs to know it. */
export type Stand = {
  readonly decider: AnyDecider
  readonly stream: string
  readonly state: unknown
  readonly revision: number
  /** The last commands and the revision each led to. */
  readonly commands: ReadonlyMap<string, number>
}

/** What commands are decided with. */
export type Deciding = {
  readonly catalogue: Catalogue
  readonly clock: () => Date
  /** Called with the outcome of each command. */
  readonly observed:
    | ((decider: string, command: string, answer: 'taken' | 'refused') => void)
    | undefined
}

/** The decisions of a batch, until they are appended. */
export type Decision = ReturnType<typeof decideAll>

/**
 * Decides a batch of commands in turn, each on the state that the ones before lead to. Nothing is appended or answered
 * yet: that follows once the log has accepted the events at the revision they were decided on.
 * @returns the events to append, the answer to each caller, and the state of the stream afterwards
 */
export const decideAll = (
  { decider, stream, commands, ...stand }: Stand,
  batch: readonly Asked[],
  { catalogue, clock, observed }: Deciding,
) => {
  let { state, revision } = stand
  const events: NewEvent[] = []
  const decided: Decided[] = []
  const taken = new Map<string, number>()
  const done = (asked: Asked, messages: readonly Message[], at = revision, now = state) => ({
    asked,
    settle: (position: bigint) => {
      const { origin } = asked
      if (origin && (taken.has(origin.commandId) || commands.has(origin.commandId)))
        origin.onRecorded?.()
      asked.resolve({ revision: at, position, state: now, events: messages as never })
    },
  })

  for (const asked of batch) {
    const { command, origin, expectedRevision } = asked
    if (!command || !origin) {
      decided.push(done(asked, []))
      continue
    }
    const before = commands.get(origin.commandId) ?? taken.get(origin.commandId)
    if (before !== undefined) {
      decided.push(done(asked, [], before))
      continue
    }
    if (expectedRevision !== undefined && expectedRevision !== revision) {
      const conflict = new Conflict(stream, expectedRevision, revision)
      decided.push({ asked, settle: () => asked.reject(conflict) })
      continue
    }
    try {
      const context = { now: clock().toISOString(), by: origin.actorId }
      const decision = decider.decide(state as never, command as never, context)
      observed?.(decider.name, command.type, isRefusal(decision) ? 'refused' : 'taken')
      if (isRefusal(decision)) {
        decided.push({ asked, settle: () => asked.resolve(decision) })
        continue
      }
      // All or nothing: a rule that throws half way must not mark those who come after.
      let next = state
      for (const message of decision) next = decider.evolve(next as never, message as never)
      state = next
      events.push(
        ...decision.map((message, index) =>
          newEvent(origin, message, index, catalogue.versionOf(message.type)),
        ),
      )
      revision += decision.length
      if (decision.length > 0) taken.set(origin.commandId, revision)
      decided.push(done(asked, decision))
    } catch (error) {
      decided.push({ asked, settle: () => asked.reject(error) })
    }
  }
  return { events, decided, taken, state, revision }
}
