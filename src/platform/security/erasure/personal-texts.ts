import { placeholderOf, type Catalogue } from '#kernel'
import { Type } from 'typebox'
import type { EventLog } from '../../storage/event-log/port.ts'
import type { CheckedPlace } from './port.ts'
import type { Sought } from './matches-person.ts'

/** Personal data of a person's events, as texts that can be searched for in other stores. */
export type PersonalTexts = Omit<Sought, 'person'> & {
  /** Whether those events are encrypted in the log. */
  readonly log: CheckedPlace
}

/** Placeholder of the fields that hold addresses; a value of any other field is not treated as an address. */
const address = placeholderOf(Type.String({ format: 'email' }))

/** Least length of a text that is searched for, in characters; shorter ones match everywhere. */
const shortest = 3

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/**
 * Collects the personal data of a person from the streams that are about them.
 * @param raw the log as stored, encrypted
 * @param log the same log, decrypted
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
): Promise<PersonalTexts> => {
  const addresses = new Set<string>()
  const texts = new Set<string>()
  let [found, open] = [0, 0]
  for (const stream of streams)
    for (let from = 0; ; from += 1_000) {
      const page = { from, limit: 1_000 }
      const [stored, opened] = await Promise.all([raw.read(stream, page), log.read(stream, page)])
      for (const [index, { type, id, data }] of opened.entries()) {
        const part = catalogue.personal(type, id, data)
        if (!part) continue
        found += 1
        const plain = catalogue.upToDate(stored[index]!)
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
          ? 'encrypted under the key that is destroyed; so are all other events about them'
          : 'those that remain were recorded before events were encrypted: copy the log to remove them',
    },
  }
}
