import type { ReactNode } from 'react'
import { minorUnits, typedAmount } from '../i18n/formats.ts'
import { Form, TextField, type Values } from './form.tsx'
import { Card } from './layout.tsx'

/**
 * The filter of a list, which its address says. It begins anew with each other filter, as links lead to one too.
 * @param props.of the filter, and whatever else its fields begin with
 * @param props.onFilter leads to the address of what was chosen
 * @param props.clear link to the list without a filter
 */
export const FilterForm = ({
  of,
  title,
  label,
  submitLabel,
  onFilter,
  clear,
  children,
}: {
  readonly of: object
  readonly title?: string
  readonly label: string
  readonly submitLabel: string
  readonly onFilter: (values: Values) => void
  readonly clear?: ReactNode
  readonly children: ReactNode
}) => (
  <Card {...(title !== undefined && { title })}>
    <Form
      key={JSON.stringify(of)}
      label={label}
      submitLabel={submitLabel}
      busy={false}
      onSubmit={onFilter}
      actions={clear}
    >
      {children}
    </Form>
  </Card>
)

/** Currency that prices are filtered in: only its number of decimals matters. */
const currency = 'EUR'

/** A range of prices in minor units, both ends included. */
export type PriceRange = { readonly minPrice?: number; readonly maxPrice?: number }

const typed = (amount: number | undefined): string =>
  amount === undefined ? '' : typedAmount({ amount, currency })

/** The fields of a range of prices. */
export const PriceFields = ({
  range: { minPrice, maxPrice },
  labels,
}: {
  readonly range: PriceRange
  readonly labels: Readonly<Record<keyof PriceRange, string>>
}) => (
  <>
    <TextField
      name="minPrice"
      label={labels.minPrice}
      required={false}
      inputMode="decimal"
      defaultValue={typed(minPrice)}
    />
    <TextField
      name="maxPrice"
      label={labels.maxPrice}
      required={false}
      inputMode="decimal"
      defaultValue={typed(maxPrice)}
    />
  </>
)

/** Returns the range that the fields say. */
export const pricesIn = (values: Values) => ({
  minPrice: minorUnits(values.text('minPrice'), currency),
  maxPrice: minorUnits(values.text('maxPrice'), currency),
})
