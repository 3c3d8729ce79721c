import { isRefusal, type Message, type Refusal } from '#kernel'
import { sameMessages } from './same-data.ts'

/** A decision of rules: events, or a refusal. */
export type Answer = readonly Message[] | Refusal

/** What the log has about a command that is sent: nothing, that it led to no events, or its refusal. */
export type Before = 'notSent' | 'silent' | Refusal

/** Whether a value that a rule returned is an answer: rules that are tried may not have been checked by a compiler. */
export const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value)
    ? value.every((one: unknown) => typeof one === 'object' && one !== null && 'type' in one)
    : isRefusal(value))

/** Describes an answer for a report: the types of its events, or the refusal. */
export const shownAnswer = (answer: Answer | Before): string => {
  if (answer === 'notSent') return 'not sent'
  if (answer === 'silent') return 'no events'
  if (isRefusal(answer)) return `refused: ${answer.refused}`
  return answer.length === 0 ? 'no events' : answer.map(({ type }) => type).join(', ')
}

/** Whether two answers are the same. @param tolerance ms by which times in their events may differ */
export const sameAnswer = (one: Answer, other: Answer, tolerance: number): boolean =>
  isRefusal(one)
    ? isRefusal(other) && one.refused === other.refused
    : !isRefusal(other) && sameMessages(one, other, tolerance)
