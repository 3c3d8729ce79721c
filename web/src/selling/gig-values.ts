import type { BodyOf } from '../api/client.ts'
import { minorUnits } from '../i18n/formats.ts'

/** Details of a gig, as the API takes them. */
export type GigDetails = BodyOf<'/api/v1/gigs', 'post'>

type Typed = {
  readonly text: (name: string) => string
  readonly number: (name: string) => number | undefined
}

/** Splits typed tags at their commas. */
export const tagsOf = (typed: string): string[] => [
  ...new Set(
    typed
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
]

/**
 * Reads the details of a gig from its form. A price that is no amount is 0, which the API refuses at its field.
 * @param count number of packages
 */
export const gigDetails = (
  values: Typed,
  count: number,
  mediaIds: readonly string[],
): GigDetails => {
  const currency = values.text('currency')
  return {
    title: values.text('title'),
    description: values.text('description'),
    category: values.text('category'),
    tags: tagsOf(values.text('tags')),
    mediaIds: [...mediaIds],
    packages: Array.from({ length: count }, (_, at) => {
      const of = (name: string): string => `packages[${at}].${name}`
      return {
        name: values.text(of('name')),
        description: values.text(of('description')),
        price: { amount: minorUnits(values.text(of('price')), currency) ?? 0, currency },
        deliveryDays: values.number(of('deliveryDays')) ?? 0,
        revisions: values.number(of('revisions')) ?? 0,
      }
    }),
  }
}
