import { idOf, sealField, type Catalogue, type PersonalValue, type RecordedEvent } from '#kernel'
import type { KeyState, PersonalKeys } from '../../security/personal/port.ts'
import { knownMetadata } from './known-metadata.ts'
import type { Append, EventLog, NewEvent, Slice } from './port.ts'

type Data = Readonly<Record<string, unknown>>
type Path = PersonalValue['path']

/** What the seal of an event holds, as JSON: every value with its place. */
type Sealed = readonly (readonly [Path, unknown])[]

const version = 'v1'

/** Puts values in their places, and leaves the data as they were given alone. */
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

/** So many events sealed here are remembered until they are read for the first time. */
const rememberedEvents = 2_000

/** Longer texts than this, in characters, are not remembered. */
const longestText = 4_096

/** What was sealed here lately, so that the first to read it from the log need not open the seal again. */
const sealedHere = () => {
  type Kept = { readonly person: string; readonly box: string; readonly text: string }
  const kept = new Map<string, Kept>()
  return {
    remember: (eventId: string, one: Kept): void => {
      if (one.text.length > longestText) return
      kept.set(eventId, one)
      if (kept.size > rememberedEvents) kept.delete(kept.keys().next().value!)
    },
    /** What is in this very seal, once; undefined when it is not remembered. */
    take: (eventId: string, box: string): string | undefined => {
      const one = kept.get(eventId)
      if (one === undefined || one.box !== box) return undefined
      kept.delete(eventId)
      return one.text
    },
    forget: (person: string): void => {
      for (const [eventId, one] of kept) if (one.person === person) kept.delete(eventId)
    },
  }
}

/** The seal of an event that was sealed: `v1:<what is sealed>:<person>`. */
const sealOf = (data: unknown): string | undefined => {
  if (typeof data !== 'object' || data === null) return undefined
  const seal = (data as Data)[sealField]
  return typeof seal === 'string' ? seal : undefined
}

const partsOf = (seal: string): { readonly person: string; readonly box: string } | undefined => {
  const [, is, box, person] = /^([^:]+):([^:]+):(.+)$/s.exec(seal) ?? []
  return is === version && box !== undefined && person !== undefined ? { person, box } : undefined
}

/** Sealed data for a reader without the key: the placeholders, as they were recorded. */
export const withoutSeal = (data: unknown): unknown => {
  if (sealOf(data) === undefined) return data
  const { [sealField]: _, ...rest } = data as Data
  return rest
}

/** An event as it reads once the person is forgotten whom it is about; others are given back as they are. */
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

/** Another program's bytes, and what it added to the metadata, would say in clear what is sealed. */
const sealedEvent = (
  given: NewEvent,
  { person, values }: Part,
  key: KeyState,
  here: ReturnType<typeof sealedHere>,
): NewEvent => {
  const { original: _, ...event } = given
  const metadata = knownMetadata(event.metadata)
  const data = withValues(
    event.data as Data,
    values.map(({ path, placeholder }) => [path, placeholder]),
  )
  // Nothing more is recorded about a forgotten person.
  if (key === 'destroyed') return { ...event, metadata, data }
  const plain: Sealed = values.map(({ path, value }) => [path, value])
  const [eventId, text] = [event.eventId.toLowerCase(), JSON.stringify(plain)]
  const box = key.seal(eventId, text)
  here.remember(eventId, { person, box, text })
  return { ...event, metadata, data: { ...data, [sealField]: `${version}:${box}:${person}` } }
}

/**
 * Keeps from the log, and from whoever holds its bytes, what events say of people: it is sealed with a key of the person
 * on the way in, and opened on the way out. In its place in the data stands a placeholder of the same type, which is
 * all that is left when the key is destroyed. Events that are not sealed, of older logs, are given as they are; those
 * that are sealed already, from another Agora, are recorded as they are. What this version cannot fold stays sealed: it
 * could not find in it what is to be forgotten. What was sealed here is remembered until it is read for the first time
 * or the person is forgotten, so that a process does not open the seals that it has just made.
 * @param log the adapter that stores the events
 * @param options.onError called for seals that could not be opened although their key is there, and for keys that are missing
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
  const here = sealedHere()
  keys.onDestroyed(here.forget)

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
      const text = here.take(eventId, parts.box) ?? key.open(eventId, parts.box)
      const values: Sealed = JSON.parse(text)
      return { ...event, data: withValues(rest as Data, values) }
    } catch (error) {
      // Somebody has put it there: it says nothing, and must not stop who reads on.
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
        return part ? sealedEvent(event, part, states.get(part.person) ?? 'destroyed', here) : event
      }),
    }))
  }

  /** Seals what says something of people, and records it; what says nothing of them is recorded without a promise more. */
  const sealing = <T>(
    appends: readonly Append[],
    record: (appends: readonly Append[]) => Promise<T>,
  ): Promise<T> => {
    const parts = appends.map(({ stream, events }) => events.map((event) => partOf(event, stream)))
    const saysNothing = parts.every((ofOne) => ofOne.every((part) => part === undefined))
    return saysNothing ? record(appends) : seal(appends, parts).then(record)
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
