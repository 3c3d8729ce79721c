import type { DocumentOf } from '#kernel'
import type { notifications } from '../../../projections/index.ts'
import { localeOf, written, type Filled } from '../language.ts'

type Worded = Pick<DocumentOf<typeof notifications>, 'subject' | 'text'> & {
  readonly template?: Filled | undefined
}

/**
 * Returns the words of a notification in a language: by its template, or as they were requested.
 * @param locale language tag of the user's preferences
 * @param count number of notifications that were gathered into this one
 */
export const wordsOf = ({ subject, text, template }: Worded, locale: string, count = 1) =>
  (template && written(template, localeOf(locale), count)) ?? {
    subject,
    text,
    sms: `${subject}. ${text}`,
  }
