import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { isNotFound } from '../api/problem.ts'
import { useSession } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Card, Grid, Page, Sides, Stack, Terms } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { Missing } from '../ui/missing.tsx'
import { Badge } from '../ui/notice.tsx'
import { GigPictures } from './gig-pictures.tsx'
import { gigQuery, type Gig, type GigPackage } from './gig-queries.ts'
import { GigReviews } from './gig-reviews.tsx'
import css from './gigs.module.css'
import { OrderGig } from './order-gig.tsx'
import { SellerCard } from './seller-card.tsx'
import { gigTexts } from './texts.ts'

const Package = ({ offered }: { readonly offered: GigPackage }) => {
  const t = useTexts(gigTexts)
  const { money, number } = useFormats()
  const { name, description, price, deliveryDays, revisions } = offered
  return (
    <li>
      <Card>
        <h3>{name}</h3>
        <p className={css.words}>{description}</p>
        <Terms
          of={[
            [t.price, <strong key="price">{money(price)}</strong>],
            [t.delivery, t.days(deliveryDays)],
            [t.revisions, number(revisions)],
          ]}
        />
      </Card>
    </li>
  )
}

const Offer = ({ gig }: { readonly gig: Gig }) => {
  const t = useTexts(gigTexts)
  const { number } = useFormats()
  const { user } = useSession()
  const { id, title, description, category, tags, packages, mediaIds, rating, orders } = gig
  return (
    <Page title={title}>
      <Sides>
        <Stack>
          <Stars rating={rating.average} count={rating.count} />
          <GigPictures mediaIds={mediaIds} />
          <h2>{t.about}</h2>
          <p className={css.words}>{description}</p>
          <Terms
            of={[
              [t.category, category],
              [t.ordersDone, number(orders.completed)],
              [t.ordersActive, number(orders.active)],
            ]}
          />
          {tags.length > 0 && (
            <ul className={css.tags} aria-label={t.tags}>
              {tags.map((tag) => (
                <li key={tag}>
                  <Badge>{tag}</Badge>
                </li>
              ))}
            </ul>
          )}
          <h2>{t.packages}</h2>
          <Grid label={t.packages}>
            {packages.map((offered) => (
              <Package key={offered.name} offered={offered} />
            ))}
          </Grid>
          <GigReviews gigId={id} isOwn={user?.userId === gig.seller.id} />
        </Stack>
        <Stack>
          <OrderGig gig={gig} />
          <SellerCard gig={gig} />
        </Stack>
      </Sides>
    </Page>
  )
}

const route = getRouteApi('/gigs/$id')

/** A gig: what its seller offers, at which terms, and what others think of it. */
const GigPage = () => {
  const { id } = route.useParams()
  const query = useQuery(gigQuery(id))
  if (isNotFound(query.error)) return <Missing />
  return (
    <Loaded query={query} skeletons={3}>
      {(gig) => <Offer gig={gig} />}
    </Loaded>
  )
}

export default GigPage
