import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { isNotFound } from '../api/problem.ts'
import { useCommand } from '../api/use-command.ts'
import { gigQuery, type Gig } from '../gigs/gig-queries.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Loaded, Skeleton, useToast } from '../ui/feedback.tsx'
import { Page } from '../ui/layout.tsx'
import { Missing } from '../ui/missing.tsx'
import { GigForm } from './gig-form.tsx'
import type { GigDetails } from './gig-values.ts'
import { SellerOnly } from './seller-only.tsx'
import { sellingTexts } from './texts.ts'

const EditGig = ({ gig }: { readonly gig: Gig }) => {
  const t = useTexts(sellingTexts)
  const { save, saved } = useTexts(common)
  const navigate = useNavigate()
  const toast = useToast()
  const { id } = gig
  const change = useCommand({
    send: (body: GigDetails, once) =>
      run(api.PATCH('/api/v1/gigs/{id}', { params: { path: { id } }, body, ...once })),
    onDone: () => {
      toast(saved)
      return navigate({ to: '/selling/gigs' })
    },
  })
  return (
    <Page
      title={t.editTitle}
      narrow
      actions={
        <ButtonLink to="/gigs/$id" params={{ id }}>
          {t.view}
        </ButtonLink>
      }
    >
      <GigForm
        gig={gig}
        submitLabel={save}
        busy={change.isPending}
        error={change.error}
        onSubmit={(details) => change.mutate(details)}
      />
    </Page>
  )
}

const OneGig = ({ id, userId }: { readonly id: string; readonly userId: string }) => {
  // The form begins with the present details, and what is typed stays while they are read again.
  const query = useQuery({ ...gigQuery(id), refetchOnMount: 'always' })
  if (isNotFound(query.error)) return <Missing />
  return (
    <Loaded query={query} skeletons={3}>
      {(gig) => {
        if (gig.seller.id !== userId) return <Missing />
        return query.isFetchedAfterMount ? <EditGig gig={gig} /> : <Skeleton />
      }}
    </Loaded>
  )
}

const route = getRouteApi('/selling/gigs/$id')

/** The page on which a seller changes a gig; gigs of others are not found here. */
const EditGigPage = () => {
  const { id } = route.useParams()
  return <SellerOnly>{({ userId }) => <OneGig key={id} id={id} userId={userId} />}</SellerOnly>
}

export default EditGigPage
