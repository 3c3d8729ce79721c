import { signer } from '../../../platform/security/signed-text.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { localeOf } from '../language.ts'

const purpose = 'unsubscribing'

const footers = {
  en: 'You get this as you have agreed to advertisements. To get no more of them:',
  de: 'Sie erhalten dies, weil Sie Werbung zugestimmt haben. So erhalten Sie keine mehr:',
} as const

type Keys = Pick<JobPorts['keys'], 'secretFor'>

/**
 * Returns the links by which the reader of an advertisement gets no more of them. They need no sign-in, and do not expire:
 * a mail may be read years later.
 * @param site base URL under which people reach Agora
 */
export const unsubscribing = (keys: Keys, site: string, userId: string) => {
  const token = `${userId}.${signer(keys.secretFor(purpose)).sign(userId)}`
  return {
    /** Takes a POST of a mail program (RFC 8058). */
    oneClick: `${site}/api/v1/notifications/unsubscribe?token=${token}`,
    /** Last lines of the mail, with the link to a page. */
    footer: (locale: string) => `${footers[localeOf(locale)]}\n${site}/unsubscribe?token=${token}`,
  }
}

/** Returns the user of such a link; undefined for a token that is not ours. */
export const unsubscribedBy = (keys: Keys, token: string): string | undefined => {
  const [userId = '', signature = '', ...more] = token.split('.')
  const isOurs = more.length === 0 && signer(keys.secretFor(purpose)).isSigned(signature, userId)
  return isOurs ? userId : undefined
}
