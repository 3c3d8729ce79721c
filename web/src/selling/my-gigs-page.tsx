import { useInfiniteQuery } from '@tanstack/react-query'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { List, Page } from '../ui/layout.tsx'
import { Paged } from '../ui/paged.tsx'
import { MyGig } from './my-gig.tsx'
import { SellerOnly } from './seller-only.tsx'
import { myGigsQuery } from './selling-queries.ts'
import { SellingTabs } from './selling-tabs.tsx'
import { sellingTexts } from './texts.ts'

const MyGigs = ({ userId }: { readonly userId: string }) => {
  const t = useTexts(sellingTexts)
  const query = useInfiniteQuery(myGigsQuery(userId))
  return (
    <Paged query={query} rowsOf={(page) => page.gigs} none={t.noGigs} skeletons={1}>
      {(gigs) => (
        <List label={t.myGigs}>
          {gigs.map((gig) => (
            <MyGig key={gig.id} gig={gig} />
          ))}
        </List>
      )}
    </Paged>
  )
}

/** All gigs of the seller: drafts, published and paused ones. */
const MyGigsPage = () => {
  const t = useTexts(sellingTexts)
  return (
    <SellerOnly>
      {({ userId }) => (
        <Page
          title={t.myGigs}
          actions={
            <ButtonLink to="/selling/gigs/new" look="primary">
              {t.newGig}
            </ButtonLink>
          }
        >
          <SellingTabs />
          <MyGigs userId={userId} />
        </Page>
      )}
    </SellerOnly>
  )
}

export default MyGigsPage
