import { SmsRefused } from '../../../platform/external/sms/port.ts'
import { job } from '../../../serving/job.ts'
import { initially, profile } from '../../profiles/language.ts'
import { device, localeOf } from '../language.ts'
import { phoneCodeOf } from '../services/phones.ts'

const texts = {
  en: (code: string) =>
    `${code} is your code for text messages of Agora. It is valid for 15 minutes.`,
  de: (code: string) => `${code} ist Ihr Code für Textnachrichten von Agora. Er gilt 15 Minuten.`,
} as const

/** Sends a code to a telephone that was registered, by which its user shows to have it. */
export const confirmPhone = job({
  name: 'confirm-phone',
  from: [device],
  on: {
    DeviceRegistered: ({ id, eventId, data: { number } }) =>
      number === undefined ? undefined : { deviceId: id, messageId: eventId },
  },
  run: async ({ deviceId, messageId }, _origin, { executor: { stateOf }, sms, keys, clock }) => {
    const { state, revision } = await stateOf(device, deviceId)
    if (state.status !== 'registered' || state.number === undefined || state.confirmed) return
    const { number, userId } = state
    const { state: wishes } = await stateOf(profile, userId)
    const { preferences } = wishes.status === 'active' ? wishes : initially
    const code = phoneCodeOf(keys, { id: deviceId, revision }, clock())
    const text = texts[localeOf(preferences.locale)](code)
    try {
      await sms.send({ id: messageId, to: number, text, userId })
    } catch (error) {
      // The number is impossible; it is never confirmed then.
      if (!(error instanceof SmsRefused)) throw error
    }
  },
  givenUp: { reportsNothing: 'users register the telephone again for another code' },
  options: { attempts: 5, backoff: 1_000 },
})
