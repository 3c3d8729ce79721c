import { wordsOf, wordsOfQuery } from '../../storage/search/words.ts'
import type { LogEntry, LogPlace, LogQuery } from './port.ts'

/** Most words of an entry that can be searched. */
const mostWords = 300

/** The words of an entry's message and errors, folded, each once. */
export const wordsOfEntry = ({ message, error }: LogEntry): readonly string[] => {
  const errors = error ? [error, ...error.causes] : []
  const texts = [message, ...errors.flatMap(({ type, message: text }) => [type, text])]
  return [...new Set(wordsOf(texts.join('\n')).map((word) => word.folded))].slice(0, mostWords)
}

/** Compares places: the later one comes first. */
export const latestFirst = (a: LogPlace, b: LogPlace): number => {
  if (a.time !== b.time) return a.time < b.time ? 1 : -1
  if (a.id === b.id) return 0
  return a.id < b.id ? 1 : -1
}

/** Returns the test of a question for entries. */
export const matcherOf = ({
  service,
  level,
  traceId,
  q,
  from,
  to,
  before,
}: LogQuery): ((entry: LogEntry) => boolean) => {
  const wanted = q === undefined ? [] : wordsOfQuery(q)
  return (entry) => {
    if (service !== undefined && entry.service !== service) return false
    if (level !== undefined && entry.level !== level) return false
    if (traceId !== undefined && entry.traceId !== traceId) return false
    if (from !== undefined && entry.time < from) return false
    if (to !== undefined && entry.time > to) return false
    if (before && latestFirst(before, entry) >= 0) return false
    if (wanted.length === 0) return true
    const words = wordsOfEntry(entry)
    return wanted.every((one) => words.some((word) => word.startsWith(one)))
  }
}
