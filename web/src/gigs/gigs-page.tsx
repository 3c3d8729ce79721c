import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Card, Grid, Muted, Page, Row, Sides, Stack } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import type { GigFilter } from './gig-filter.ts'
import { GigFilters } from './gig-filters.tsx'
import { GigPicture } from './gig-pictures.tsx'
import { gigsQuery, type Gig } from './gig-queries.ts'
import { useSellerName } from './seller-name.ts'
import { gigTexts } from './texts.ts'

const GigCard = ({ gig }: { readonly gig: Gig }) => {
  const t = useTexts(gigTexts)
  const { money } = useFormats()
  const nameOf = useSellerName()
  const { id, title, from, deliveryDays, rating, mediaIds, seller } = gig
  return (
    <li>
      <Card>
        <GigPicture mediaIds={mediaIds} />
        <Link to="/gigs/$id" params={{ id }}>
          <strong>{title}</strong>
        </Link>
        <Muted>{t.by(nameOf(seller))}</Muted>
        <Row between>
          <span>{t.from(money(from))}</span>
          <Muted>{t.days(deliveryDays)}</Muted>
        </Row>
        <Stars rating={rating.average} count={rating.count} />
      </Card>
    </li>
  )
}

/** Whose gigs are shown, while the address names a seller. The gigs have the name: profiles are hidden from visitors. */
const SellerFilter = ({
  others,
  seller,
}: {
  /** The filter without the seller. */
  readonly others: GigFilter
  readonly seller: Gig['seller'] | undefined
}) => {
  const t = useTexts(gigTexts)
  const nameOf = useSellerName()
  return (
    <Row between>
      <strong>{seller ? t.bySeller(nameOf(seller)) : t.byOneSeller}</strong>
      <ButtonLink to="/gigs" search={others} small>
        {t.allSellers}
      </ButtonLink>
    </Row>
  )
}

const Gigs = ({ filter }: { readonly filter: GigFilter }) => {
  const t = useTexts(gigTexts)
  const { number } = useFormats()
  const query = useInfiniteQuery(gigsQuery(filter))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={4} />
  const gigs = data.pages.flatMap((page) => page.gigs)
  const { seller, ...others } = filter
  const total = data.pages[0]?.total ?? 0
  return (
    <Stack>
      {seller !== undefined && <SellerFilter others={others} seller={gigs[0]?.seller} />}
      <Muted>{t.count(number(total), total === 1)}</Muted>
      {gigs.length === 0 ? (
        <Empty>
          <p>{t.none}</p>
        </Empty>
      ) : (
        <Grid label={t.title}>
          {gigs.map((gig) => (
            <GigCard key={gig.id} gig={gig} />
          ))}
        </Grid>
      )}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}

const route = getRouteApi('/gigs')

/** The marketplace: published gigs by filter, whose address can be shared. */
const GigsPage = () => {
  const t = useTexts(gigTexts)
  const filter = route.useSearch()
  return (
    <Page title={t.title}>
      <Sides>
        <Gigs filter={filter} />
        <GigFilters filter={filter} />
      </Sides>
    </Page>
  )
}

export default GigsPage
