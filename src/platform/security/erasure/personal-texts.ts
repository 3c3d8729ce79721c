import { placeholderOf, type Catalogue } from '#kernel'
import { Type } from 'typebox'
import type { EventLog } from '../../storage/event-log/port.ts'
import type { CheckedPlace } from './port.ts'
import type { Sought } from './matches-person.ts'

/** What events say of a person, as texts that can be looked for elsewhere. */
export type Said = Omit<Sought, 'person'> & {
  /** How the streams are kept that say so. */
  readonly log: CheckedPlace
}

/** What stands in a field for an address, once that is forgotten: nothing else is one, whatever people are called. */
const address = placeholderOf(Type.String({ format: 'email' }))

/** Shorter ones are found everywhere. */
const shortest = 3

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/**
 * Looks up in the streams that are about a person what is said of them there.
 * @param raw the log as it is kept
 * @param log the same, opened
 */
export const personalTexts = async (
  streams: readonly string[],
  {
    raw,
    log,
    catalogue,
  }: {
    readonly raw: Pick<EventLog, 'read'>
    readonly log: Pick<EventLog, 'read'>
    readonly catalogue: Pick<Catalogue, 'personal' | 'upToDate'>
  },
): Promise<Said> => {
  const addresses = new Set<string>()
  const texts = new Set<string>()
  let [found, open] = [0, 0]
  for (const stream of streams)
    for (let from = 0; ; from += 1_000) {
      const page = { from, limit: 1_000 }
      const [kept, opened] = await Promise.all([raw.read(stream, page), log.read(stream, page)])
      for (const [index, { type, id, data }] of opened.entries()) {
        const part = catalogue.personal(type, id, data)
        if (!part) continue
        found += 1
        const plain = catalogue.upToDate(kept[index]!)
        const same = catalogue.personal(type, id, plain.data)
        if (same?.values.some(({ value, placeholder }) => value !== placeholder)) open += 1
        for (const { value, placeholder } of part.values)
          for (const text of value === placeholder ? [] : textsIn(value))
            if (placeholder === address) addresses.add(text)
            else if (text.length >= shortest) texts.add(text)
      }
      if (opened.length < 1_000) break
    }
  return {
    addresses: [...addresses],
    texts: [...texts],
    log: {
      place: 'log',
      found,
      removed: found - open,
      note:
        open === 0
          ? 'sealed with the key that is destroyed; so are all other events about them'
          : 'those that remain were recorded before events were sealed: copy the log to be rid of them',
    },
  }
}
