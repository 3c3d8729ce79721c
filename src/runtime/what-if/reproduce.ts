import { isRefusal, type AnyDecider, type Message, type RecordedEvent, type Refusal } from '#kernel'
import { candidates } from './candidates.ts'
import { isMoment, sameMessages } from './same-data.ts'

/** The longest time between a decision and the append of its events, in ms. */
export const mostDelay = 60_000

/** Commands that explain recorded events: by the installed rules, each leads to them. */
export type Reproduced = {
  /** The most specific first. */
  readonly commands: readonly Message[]
  /** Time of the decision, ISO 8601 in UTC. */
  readonly now: string
  /** ms by which times in the events may differ: where the time of the decision is known only about. */
  readonly tolerance: number
}

/** Decides a command. @returns undefined where the rule throws */
export const decided = (
  decider: AnyDecider,
  state: unknown,
  command: Message,
  context: { readonly now: string; readonly by: string },
): readonly Message[] | Refusal | undefined => {
  try {
    return decider.decide(state as never, command as never, context)
  } catch {
    return undefined
  }
}

const momentsIn = (value: unknown, found: Set<string>): void => {
  if (isMoment(value)) found.add(value)
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) momentsIn(one, found)
}

/** The times at which events may have been decided: those that they hold, shortly before their append, and that one. */
const momentsOf = (events: readonly RecordedEvent[], at: string): readonly string[] => {
  const found = new Set<string>()
  for (const { data } of events) momentsIn(data, found)
  const appended = Date.parse(at)
  const near = [...found].filter((one) => {
    const delay = appended - Date.parse(one)
    return delay >= -1_000 && delay <= mostDelay
  })
  return [...near, at]
}

/**
 * Finds the commands that led to events recorded together, and the time of the decision: those with which the installed rules
 * decide exactly these events.
 * @param decider as installed
 * @param state of the stream before the events
 * @param events recorded for one command
 * @param given the command, where the log holds it, or the rules that are tried name it
 * @returns undefined where no command does, as after a change of the rules since
 */
export const reproduce = (
  decider: AnyDecider,
  state: unknown,
  events: readonly RecordedEvent[],
  given: Message | undefined,
): Reproduced | undefined => {
  const [first] = events
  if (!first) return undefined
  const { at } = first
  const by = first.metadata.actorId
  const tried = given ? [[given]] : candidates(decider, state, events)
  const leads = (command: Message, now: string, tolerance: number): boolean => {
    const messages = decided(decider, state, command, { now, by })
    return (
      messages !== undefined && !isRefusal(messages) && sameMessages(messages, events, tolerance)
    )
  }
  const found = (now: string, tolerance: number): Reproduced | undefined => {
    const commands = tried.flatMap(
      (variants) => variants.find((command) => leads(command, now, tolerance)) ?? [],
    )
    return commands.length > 0 ? { commands, now, tolerance } : undefined
  }
  for (const now of momentsOf(events, at)) {
    const exact = found(now, 0)
    if (exact) return exact
  }
  return found(at, mostDelay)
}
