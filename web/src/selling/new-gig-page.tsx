import { useNavigate } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Page } from '../ui/layout.tsx'
import { GigForm } from './gig-form.tsx'
import type { GigDetails } from './gig-values.ts'
import { SellerOnly } from './seller-only.tsx'
import { sellingTexts } from './texts.ts'

const NewGig = () => {
  const t = useTexts(sellingTexts)
  const navigate = useNavigate()
  const toast = useToast()
  const create = useCommand({
    send: (body: GigDetails, once) => run(api.POST('/api/v1/gigs', { body, ...once })),
    onDone: () => {
      toast(t.created)
      return navigate({ to: '/selling/gigs' })
    },
  })
  return (
    <Page title={t.newGigTitle} narrow>
      <GigForm
        submitLabel={t.create}
        busy={create.isPending}
        error={create.error}
        onSubmit={(details) => create.mutate(details)}
      />
    </Page>
  )
}

/** The page on which a seller creates a gig, as a draft. */
const NewGigPage = () => <SellerOnly>{() => <NewGig />}</SellerOnly>

export default NewGigPage
