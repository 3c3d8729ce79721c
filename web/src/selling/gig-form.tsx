import { useState } from 'react'
import type { Gig } from '../gigs/gig-queries.ts'
import { useTexts } from '../i18n/language.tsx'
import { FileUpload } from '../ui/file-upload.tsx'
import { Form, Select, TextArea, TextField } from '../ui/form.tsx'
import { gigFaults } from './gig-faults.ts'
import { gigDetails, type GigDetails } from './gig-values.ts'
import { emptyDraft, PackagesEditor, type Draft } from './packages-editor.tsx'
import { sellingTexts } from './texts.ts'

/** Currencies that the form offers; a gig in another one keeps it. */
const currencies = ['EUR', 'USD', 'GBP', 'CHF', 'JPY']

/** Most pictures of a gig. */
const mostPictures = 20

/** The form for a new gig, or for changing one. @param props.gig whose details it begins with */
export const GigForm = ({
  gig,
  submitLabel,
  busy,
  error,
  onSubmit,
}: {
  readonly gig?: Gig
  readonly submitLabel: string
  readonly busy: boolean
  readonly error: Error | null
  readonly onSubmit: (details: GigDetails) => void
}) => {
  const t = useTexts(sellingTexts)
  const [drafts, setDrafts] = useState<readonly Draft[]>(
    () => gig?.packages.map((given) => ({ ...emptyDraft(), given })) ?? [emptyDraft()],
  )
  const [mediaIds, setMediaIds] = useState<readonly string[]>(gig?.mediaIds ?? [])
  const [isUploading, setIsUploading] = useState(false)
  const currency = gig?.from.currency ?? 'EUR'
  return (
    <Form
      label={gig?.title ?? t.newGigTitle}
      submitLabel={submitLabel}
      busy={busy || isUploading}
      error={gigFaults(error)}
      onSubmit={(values) => onSubmit(gigDetails(values, drafts.length, mediaIds))}
    >
      <TextField name="title" label={t.gigTitle} defaultValue={gig?.title} maxLength={200} />
      <TextArea
        name="description"
        label={t.description}
        defaultValue={gig?.description}
        maxLength={10_000}
        rows={6}
      />
      <TextField name="category" label={t.category} defaultValue={gig?.category} maxLength={100} />
      <TextField
        name="tags"
        label={t.tags}
        hint={t.tagsHint}
        required={false}
        defaultValue={gig?.tags.join(', ')}
      />
      <FileUpload
        label={t.pictures}
        accept="image/*,video/mp4,video/webm"
        most={mostPictures}
        given={gig?.mediaIds ?? []}
        onChange={setMediaIds}
        onBusy={setIsUploading}
      />
      <Select
        name="currency"
        label={t.currency}
        defaultValue={currency}
        options={[...new Set([...currencies, currency])].map((code) => [code, code] as const)}
      />
      <PackagesEditor drafts={drafts} onChange={setDrafts} />
    </Form>
  )
}
