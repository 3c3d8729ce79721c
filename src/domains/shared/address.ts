import { Type, type Static } from 'typebox'
import { Fields, personal } from '#kernel'
import { countries } from './countries.ts'
import { Name, Text } from './texts.ts'

const code = Type.String({ pattern: '^[A-Z]{2}$' })

/** A country, by its code of two letters in ISO 3166-1. */
export const Country = Type.Refine(
  code,
  (text) => countries.has(text),
  () => 'must be the code of a country in ISO 3166-1, such as DE',
)

/** Where a parcel goes. */
export const Address = Fields({
  name: Type.Optional(personal(Name(1, 255))),
  line1: personal(Name(1, 255)),
  line2: Type.Optional(personal(Name(1, 255))),
  city: personal(Name(1, 255)),
  postalCode: personal(Name(1, 20)),
  /** ISO 3166-1 alpha-2 */
  country: Country,
})
export type Address = Static<typeof Address>

/** An address as it was recorded. */
export const RecordedAddress = Fields({
  name: Type.Optional(personal(Text(1, 255))),
  line1: personal(Text(1, 255)),
  line2: Type.Optional(personal(Text(1, 255))),
  city: personal(Text(1, 255)),
  postalCode: personal(Text(1, 20)),
  country: code,
})
