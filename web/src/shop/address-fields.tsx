import { useMemo } from 'react'
import { countriesIn } from '../i18n/countries.ts'
import { useLanguage, useTexts } from '../i18n/language.tsx'
import { Select, TextField } from '../ui/form.tsx'
import { checkoutTexts } from './checkout-texts.ts'

const path = 'shippingAddress'

/** Fields of a shipping address. */
export const AddressFields = ({
  country,
  onCountry,
  onPostalCode,
}: {
  readonly country: string
  readonly onCountry: (code: string) => void
  readonly onPostalCode: (code: string) => void
}) => {
  const t = useTexts(checkoutTexts)
  const { language } = useLanguage()
  const countries = useMemo(() => countriesIn(language), [language])
  return (
    <>
      <TextField
        name="name"
        field={`${path}.name`}
        label={t.name}
        autoComplete="shipping name"
        maxLength={255}
      />
      <TextField
        name="line1"
        field={`${path}.line1`}
        label={t.line1}
        autoComplete="shipping address-line1"
        maxLength={255}
      />
      <TextField
        name="line2"
        field={`${path}.line2`}
        label={t.line2}
        required={false}
        autoComplete="shipping address-line2"
        maxLength={255}
      />
      <TextField
        name="postalCode"
        field={`${path}.postalCode`}
        label={t.postalCode}
        autoComplete="shipping postal-code"
        maxLength={20}
        onChange={({ currentTarget }) => onPostalCode(currentTarget.value.trim())}
      />
      <TextField
        name="city"
        field={`${path}.city`}
        label={t.city}
        autoComplete="shipping address-level2"
        maxLength={255}
      />
      <Select
        name="country"
        field={`${path}.country`}
        label={t.country}
        autoComplete="shipping country"
        value={country}
        onChange={({ currentTarget }) => onCountry(currentTarget.value)}
        options={[['', t.choose], ...countries]}
      />
    </>
  )
}
