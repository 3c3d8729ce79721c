import { idOf, sealField, type Catalogue, type PersonalValue, type RecordedEvent } from '#kernel'
import type { KeyState, PersonalKeys } from '../../security/personal/port.ts'
import { knownMetadata } from './known-metadata.ts'
import type { Append, EventLog, NewEvent, Slice } from './port.ts'

type Data = Readonly<Record<string, unknown>>
type Path = PersonalValue['path']

/** Content of a seal, as JSON: every value with its path. */
type Sealed = readonly (readonly [Path, unknown])[]

const version = 'v1'

/** Returns a copy of the data with values at their paths. */
const withValues = (data: Data, values: Sealed): Data => {
  const copies = new Set<unknown>()
  const copyOf = <T extends object>(value: T): T => {
    if (copies.has(value)) return value
    const copy = Array.isArray(value) ? ([...value] as unknown as T) : { ...value }
    copies.add(copy)
    return copy
  }
  const whole: Record<string | number, unknown> = copyOf(data)
  for (const [path, value] of values) {
    let at = whole
    for (const step of path.slice(0, -1)) {
      const next = copyOf(at[step] as Record<string | number, unknown>)
      at[step] = next
      at = next
    }
    at[path.at(-1)!] = value
  }
  return whole
}

/** Limit of events whose plain text is cached until their first read. */
const cachedEvents = 2_000

/** Limit of a cached text, in characters. */
const longestText = 4_096

/** Cache of the plain texts of seals that this process made recently, so that their first read need not decrypt them. */
const plainTextCache = () => {
  type Entry = { readonly person: string; readonly box: string; readonly text: string }
  const entries = new Map<string, Entry>()
  return {
    add: (eventId: string, one: Entry): void => {
      if (one.text.length > longestText) return
      entries.set(eventId, one)
      if (entries.size > cachedEvents) entries.delete(entries.keys().next().value!)
    },
    /** Removes and returns the plain text of this very seal; undefined if it is not cached. */
    take: (eventId: string, box: string): string | undefined => {
      const one = entries.get(eventId)
      if (one === undefined || one.box !== box) return undefined
      entries.delete(eventId)
      return one.text
    },
    forget: (person: string): void => {
      for (const [eventId, one] of entries) if (one.person === person) entries.delete(eventId)
    },
  }
}

/** The seal of an encrypted event: `v1:<ciphertext>:<person>`. */
const sealOf = (data: unknown): string | undefined => {
  if (typeof data !== 'object' || data === null) return undefined
  const seal = (data as Data)[sealField]
  return typeof seal === 'string' ? seal : undefined
}

const partsOf = (seal: string): { readonly person: string; readonly box: string } | undefined => {
  const [, is, box, person] = /^([^:]+):([^:]+):(.+)$/s.exec(seal) ?? []
  return is === version && box !== undefined && person !== undefined ? { person, box } : undefined
}

/** The person whose key seals these data; undefined where nothing is sealed. */
export const sealedFor = (data: unknown): string | undefined => {
  const seal = sealOf(data)
  return seal === undefined ? undefined : (partsOf(seal)?.person ?? '')
}

/** Encrypted data for a reader without the key: the recorded placeholders, without the seal. */
export const withoutSeal = (data: unknown): unknown => {
  if (sealOf(data) === undefined) return data
  const { [sealField]: _, ...rest } = data as Data
  return rest
}

/** An event as it reads after the erasure of a person; unchanged if it is not about the person. */
export const forgotten = (
  catalogue: Pick<Catalogue, 'personal'>,
  event: RecordedEvent,
  person: string,
): RecordedEvent => {
  const part = catalogue.personal(event.type, event.id, event.data)
  if (part?.person !== person) return event
  const values = part.values.map(({ path, placeholder }) => [path, placeholder] as const)
  return { ...event, data: withValues(event.data as Data, values) }
}

type Part = NonNullable<ReturnType<Catalogue['personal']>>

/** The personal parts of appends, event by event. */
type Parts = readonly (readonly (Part | undefined)[])[]

/** Encrypts an event. The original bytes of another program, and its own metadata, are dropped: they hold the data in clear. */
const sealedEvent = (
  given: NewEvent,
  { person, values }: Part,
  key: KeyState,
  cache: ReturnType<typeof plainTextCache>,
): NewEvent => {
  const { original: _, ...event } = given
  const metadata = knownMetadata(event.metadata)
  const data = withValues(
    event.data as Data,
    values.map(({ path, placeholder }) => [path, placeholder]),
  )
  // No personal data are recorded for an erased person.
  if (key === 'destroyed') return { ...event, metadata, data }
  const plain: Sealed = values.map(({ path, value }) => [path, value])
  const [eventId, text] = [event.eventId.toLowerCase(), JSON.stringify(plain)]
  const box = key.seal(eventId, text)
  cache.add(eventId, { person, box, text })
  return { ...event, metadata, data: { ...data, [sealField]: `${version}:${box}:${person}` } }
}

/**
 * A log that encrypts the personal and secret fields of events under the key of the person, and decrypts them for readers. The
 * stored data have placeholders of the same type in their place; after the destruction of the key, readers get those. Events of
 * older logs without encryption are returned as they are; encrypted events of another Agora are recorded as they are. Events
 * that this version cannot fold stay encrypted, since it could not find personal data in them at an erasure. The plain text of
 * a new event is cached until its first read or the erasure of the person, so that a process need not decrypt its own events.
 * @param log the adapter that stores the events
 * @param options.onError called for seals that cannot be decrypted although their key exists, and for missing keys
 */
export const encryptingLog = (
  log: EventLog,
  {
    catalogue,
    keys,
    onError = () => undefined,
  }: {
    readonly catalogue: Pick<Catalogue, 'personal' | 'unreadable'>
    readonly keys: PersonalKeys
    readonly onError?: (error: unknown) => void
  },
): EventLog => {
  const cache = plainTextCache()
  keys.onDestroyed(cache.forget)

  const missing = (person: string) =>
    onError(
      new Error(
        `The personal key of ${person} is not in this PostgreSQL: was the log moved without it?`,
      ),
    )

  const opened = (event: RecordedEvent, key: KeyState | undefined): RecordedEvent => {
    const parts = partsOf(sealOf(event.data) ?? '')
    const rest = withoutSeal(event.data)
    if (!parts || key === undefined || key === 'destroyed') return { ...event, data: rest }
    try {
      const eventId = event.eventId.toLowerCase()
      const text = cache.take(eventId, parts.box) ?? key.open(eventId, parts.box)
      const values: Sealed = JSON.parse(text)
      return { ...event, data: withValues(rest as Data, values) }
    } catch (error) {
      // An invalid seal is reported, and must not stop the reader.
      onError(error)
      return { ...event, data: rest }
    }
  }

  const open = async (events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> => {
    const people = new Map<RecordedEvent, string>()
    const closed = new Set<RecordedEvent>()
    const unknown = new Set<string>()
    const states = new Map<string, KeyState>()
    for (const event of events) {
      const seal = sealOf(event.data)
      if (seal === undefined) continue
      if (catalogue.unreadable(event) !== undefined) {
        closed.add(event)
        continue
      }
      const person = partsOf(seal)?.person ?? ''
      people.set(event, person)
      if (states.has(person)) continue
      const key = keys.known(person)
      if (key) states.set(person, key)
      else unknown.add(person)
    }
    if (people.size === 0 && closed.size === 0) return events
    if (unknown.size > 0)
      for (const [person, key] of await keys.keysOf([...unknown])) states.set(person, key)
    for (const person of unknown) if (!states.has(person)) missing(person)
    return events.map((event) => {
      if (closed.has(event)) return { ...event, data: withoutSeal(event.data) }
      const person = people.get(event)
      return person === undefined ? event : opened(event, states.get(person))
    })
  }
  const openSlice = async (slice: Slice): Promise<Slice> => ({
    ...slice,
    events: await open(slice.events),
  })

  const partOf = ({ type, data }: NewEvent, stream: string): Part | undefined =>
    sealOf(data) === undefined ? catalogue.personal(type, idOf(stream), data) : undefined

  const seal = async (appends: readonly Append[], parts: Parts): Promise<readonly Append[]> => {
    const people = [...new Set(parts.flat().flatMap((part) => part?.person ?? []))]
    const known = people.map((person) => [person, keys.known(person)] as const)
    const states = known.every(([, key]) => key)
      ? new Map(known)
      : await keys.keysOf(people, { make: true })
    return appends.map((append, nth) => ({
      ...append,
      events: append.events.map((event, index) => {
        const part = parts[nth]?.[index]
        return part
          ? sealedEvent(event, part, states.get(part.person) ?? 'destroyed', cache)
          : event
      }),
    }))
  }

  /** Encrypts appends with personal data and records them; others are recorded without an additional promise. */
  const sealing = <T>(
    appends: readonly Append[],
    record: (appends: readonly Append[]) => Promise<T>,
  ): Promise<T> => {
    const parts = appends.map(({ stream, events }) => events.map((event) => partOf(event, stream)))
    const isPlain = parts.every((ofOne) => ofOne.every((part) => part === undefined))
    return isPlain ? record(appends) : seal(appends, parts).then(record)
  }

  return {
    ...log,
    append: (stream, expected, events) =>
      sealing([{ stream, expected, events }], ([one]) => log.append(stream, expected, one!.events)),
    appendInOrder: (appends) => sealing(appends, log.appendInOrder),
    ...(log.appendTogether && {
      appendTogether: (appends) => sealing(appends, log.appendTogether!),
    }),
    read: async (stream, range) => open(await log.read(stream, range)),
    readAll: async (range) => openSlice(await log.readAll(range)),
    subscribe: async function* (after, options) {
      for await (const slice of log.subscribe(after, options)) yield openSlice(slice)
    },
  }
}
