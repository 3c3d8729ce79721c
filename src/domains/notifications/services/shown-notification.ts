import { Type } from 'typebox'
import { Fields, type DocumentOf } from '#kernel'
import { notifications } from '../../../projections/index.ts'
import { wordsOf } from './words.ts'

type Document = DocumentOf<typeof notifications>
type ShownNotification = Omit<Document, 'place' | 'template' | 'isCopy'>

const { place: _, template: __, isCopy: ___, ...properties } = notifications.document.properties

/** A notification as its user sees it. */
export const ShownNotification = Type.Unsafe<ShownNotification>(Fields(properties))

/** A notification as it is pushed, with the position of its request. */
export const PushedNotification = Type.Unsafe<ShownNotification & { readonly position: string }>(
  Fields({
    ...properties,
    position: Type.String({
      pattern: '^[0-9]+$',
      description:
        'Position of the log that this includes: a query with `?minPosition=` of it reads the same.',
    }),
  }),
)

/** Returns a notification as its user sees it. @param locale language tag of the preferences of the user */
export const shownNotification = (document: Document, locale: string): ShownNotification => {
  const { place: _, template: __, isCopy: ___, ...shown } = document
  const { subject, text } = wordsOf(document, locale)
  return { ...shown, subject, text }
}
