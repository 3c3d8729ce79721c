import { Type, type Static } from 'typebox'
import { Fields, personal, patternMessage } from '#kernel'
import { countries } from './countries.ts'
import { Name, Text } from './texts.ts'

const isoCode = 'must be the code of a country in ISO 3166-1, such as DE'
const code = patternMessage(isoCode, Type.String({ pattern: '^[A-Z]{2}$' }))

/** Code of a country in ISO 3166-1 alpha-2. */
const Country = Type.Refine(
  code,
  (text) => countries.has(text),
  () => isoCode,
)

/** Returns the lines of an address, with texts of one kind. */
const lines = (text: typeof Name | typeof Text) => ({
  name: Type.Optional(personal(text(1, 255))),
  line1: personal(text(1, 255)),
  line2: Type.Optional(personal(text(1, 255))),
  city: personal(text(1, 255)),
  postalCode: personal(text(1, 20)),
})

/** A shipping address; the country in ISO 3166-1 alpha-2. */
export const Address = Fields({ ...lines(Name), country: Country })
export type Address = Static<typeof Address>

/** An address in recorded events, with weaker validation. */
export const RecordedAddress = Fields({ ...lines(Text), country: code })
