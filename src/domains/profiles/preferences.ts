import type { Static } from 'typebox'
import type { commands, Preferences } from './profile-messages.ts'

type Change = Static<typeof commands.ChangePreferences>
type Kinds = NonNullable<Preferences['kinds']>

/** Returns kinds after a change; undefined when none is left. */
const changedKinds = (
  before: Kinds = {},
  change: NonNullable<Change['kinds']>,
): Kinds | undefined => {
  const now = Object.entries({ ...before, ...change }).flatMap(([name, channels]) =>
    channels === null ? [] : [[name, channels] as const],
  )
  return now.length === 0 ? undefined : Object.fromEntries(now)
}

/** Returns preferences after a change. Channels and kinds are changed one by one; null removes a kind, or the quiet hours. */
export const changedPreferences = (
  before: Preferences,
  { quietHours, channels, kinds, ...change }: Change,
): Preferences => {
  const { quietHours: hours, kinds: kindsBefore, ...rest } = before
  const hoursNow = quietHours === undefined ? hours : (quietHours ?? undefined)
  const kindsNow = kinds === undefined ? kindsBefore : changedKinds(kindsBefore, kinds)
  return {
    ...rest,
    ...change,
    channels: { ...before.channels, ...channels },
    ...(kindsNow && { kinds: kindsNow }),
    ...(hoursNow && { quietHours: hoursNow }),
  }
}

/** A value with the fields of its objects in order of their names, which stores do not keep. */
const inOrder = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, field]) => [name, inOrder(field)])
    : value

/** Whether preferences are the same. */
export const isSame = (one: Preferences, other: Preferences): boolean =>
  JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other))
