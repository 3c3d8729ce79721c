import type { Static } from 'typebox'
import type { commands, Preferences } from './profile-messages.ts'

/** Returns preferences after a change. Channels and kinds are changed one by one; `quietHours: null` removes these. */
export const changedPreferences = (
  before: Preferences,
  { quietHours, channels, kinds, ...change }: Static<typeof commands.ChangePreferences>,
): Preferences => {
  const { quietHours: hours, kinds: kindsBefore, ...rest } = before
  const hoursNow = quietHours === undefined ? hours : (quietHours ?? undefined)
  const kindsNow = kinds === undefined ? kindsBefore : { ...kindsBefore, ...kinds }
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
