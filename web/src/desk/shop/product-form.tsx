import { useState } from 'react'
import { minorUnits, typedAmount } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { FileUpload } from '../../ui/file-upload.tsx'
import { Form, Select, TextArea, TextField, type Values } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Product, ProductBody } from './desk-product-queries.ts'
import { productTexts } from './texts.ts'

const currencies = ['EUR', 'USD', 'GBP', 'CHF', 'JPY'] as const

const bodyOf = (values: Values, image: string | undefined): ProductBody | undefined => {
  const currency = values.text('currency')
  const amount = minorUnits(values.text('price'), currency)
  if (amount === undefined) return undefined
  const description = values.given('description')
  const weight = values.number('weight')
  return {
    name: values.text('name'),
    category: values.text('category'),
    price: { amount, currency },
    ...(description !== undefined && { description }),
    ...(weight !== undefined && { weight }),
    ...(image !== undefined && { image }),
  }
}

/** The details of a product, with its picture. */
export const ProductForm = ({
  product,
  busy,
  error,
  submitLabel,
  onSubmit,
}: {
  readonly product?: Product
  readonly busy: boolean
  readonly error: Error | null
  readonly submitLabel: string
  readonly onSubmit: (body: ProductBody) => void
}) => {
  const t = useTexts(productTexts)
  const [image, setImage] = useState(product?.image)
  const [isUploading, setIsUploading] = useState(false)
  const [isPriceWrong, setIsPriceWrong] = useState(false)
  const known = product?.price.currency
  const options = new Set([...(known === undefined ? [] : [known]), ...currencies])
  return (
    <Form
      label={t.details}
      busy={busy || isUploading}
      error={error}
      submitLabel={submitLabel}
      onSubmit={(values) => {
        const body = bodyOf(values, image)
        setIsPriceWrong(body === undefined)
        if (body) onSubmit(body)
      }}
    >
      <TextField name="name" label={t.name} maxLength={200} defaultValue={product?.name} />
      <TextField
        name="category"
        label={t.category}
        maxLength={100}
        defaultValue={product?.category}
      />
      <TextField
        name="price"
        field="price.amount"
        label={t.price}
        hint={t.priceHint}
        inputMode="decimal"
        defaultValue={product ? typedAmount(product.price) : undefined}
      />
      {isPriceWrong && <Notice kind="bad">{t.badPrice}</Notice>}
      <Select
        name="currency"
        field="price.currency"
        label={t.currency}
        defaultValue={known}
        options={[...options].map((one): [string, string] => [one, one])}
      />
      <TextArea
        name="description"
        label={t.description}
        required={false}
        maxLength={5_000}
        defaultValue={product?.description}
      />
      <TextField
        name="weight"
        label={t.weight}
        type="number"
        min={0}
        required={false}
        defaultValue={product?.weight}
      />
      <FileUpload
        label={t.picture}
        accept="image/*"
        most={1}
        given={product?.image === undefined ? [] : [product.image]}
        onChange={([id]) => setImage(id)}
        onBusy={setIsUploading}
      />
    </Form>
  )
}
