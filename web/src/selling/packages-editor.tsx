import { useEffect, useRef } from 'react'
import { newId } from '../api/new-id.ts'
import type { GigPackage } from '../gigs/gig-queries.ts'
import css from '../gigs/gigs.module.css'
import { typedAmount } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { TextArea, TextField } from '../ui/form.tsx'
import { Row, Stack } from '../ui/layout.tsx'
import { sellingTexts } from './texts.ts'

/** Most packages of a gig. */
const mostPackages = 3

/** A package in the editor; the key stays as others are removed. */
export type Draft = { readonly key: string; readonly given?: GigPackage }

/** Returns a package that nothing is typed into yet. */
export const emptyDraft = (): Draft => ({ key: newId() })

const PackageFields = ({
  draft: { given },
  at,
  onRemove,
}: {
  readonly draft: Draft
  readonly at: number
  readonly onRemove: (() => void) | undefined
}) => {
  const t = useTexts(sellingTexts)
  const of = (name: string): string => `packages[${at}].${name}`
  return (
    <fieldset className={css.packages}>
      <legend>{t.packageNth(at + 1)}</legend>
      <TextField name={of('name')} label={t.name} defaultValue={given?.name} maxLength={100} />
      <TextArea
        name={of('description')}
        label={t.packageDescription}
        defaultValue={given?.description}
        maxLength={2_000}
      />
      <TextField
        name={of('price')}
        label={t.price}
        hint={t.priceHint}
        inputMode="decimal"
        defaultValue={given && typedAmount(given.price)}
      />
      <TextField
        name={of('deliveryDays')}
        label={t.deliveryDays}
        type="number"
        min={1}
        max={365}
        defaultValue={given?.deliveryDays}
      />
      <TextField
        name={of('revisions')}
        label={t.revisions}
        type="number"
        min={0}
        max={100}
        defaultValue={given?.revisions ?? 0}
      />
      {onRemove && (
        <Row>
          <Button small onClick={onRemove}>
            {t.removePackage(at + 1)}
          </Button>
        </Row>
      )}
    </fieldset>
  )
}

/** The packages of a gig, one to three, within a form. */
export const PackagesEditor = ({
  drafts,
  onChange,
}: {
  readonly drafts: readonly Draft[]
  readonly onChange: (drafts: readonly Draft[]) => void
}) => {
  const t = useTexts(sellingTexts)
  const heading = useRef<HTMLHeadingElement>(null)
  const count = useRef(drafts.length)
  useEffect(() => {
    // The button that was pressed has gone with its package.
    if (drafts.length < count.current) heading.current?.focus()
    count.current = drafts.length
  }, [drafts.length])
  return (
    <Stack>
      <h2 ref={heading} tabIndex={-1}>
        {t.packages}
      </h2>
      {drafts.map((draft, at) => (
        <PackageFields
          key={draft.key}
          draft={draft}
          at={at}
          onRemove={
            drafts.length > 1
              ? () => onChange(drafts.filter(({ key }) => key !== draft.key))
              : undefined
          }
        />
      ))}
      {drafts.length < mostPackages && (
        <Row>
          <Button onClick={() => onChange([...drafts, emptyDraft()])}>{t.addPackage}</Button>
        </Row>
      )}
    </Stack>
  )
}
