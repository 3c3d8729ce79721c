import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { isNotFound } from '../api/problem.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Page, Sides, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Members } from './members.tsx'
import { overviewQuery, type Overview } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import { PersonGigs } from './person-gigs.tsx'
import { PersonHead } from './person-head.tsx'
import { PersonPosts } from './person-posts.tsx'
import { PersonReviews } from './person-reviews.tsx'
import css from './person.module.css'

const route = getRouteApi('/people/$id')

/** Stands where the posts would be, for those who may not see them. */
const Veil = ({ title, text }: { readonly title: string; readonly text?: string }) => (
  <div className={css.veil}>
    <strong>{title}</strong>
    {text !== undefined && <p>{text}</p>}
  </div>
)

const Posts = ({
  overview: { profile, relation, latestPosts },
}: {
  readonly overview: Overview
}) => {
  const t = useTexts(peopleTexts)
  if (profile.private) return <Veil title={t.hidden} text={t.hiddenLong} />
  // A block in either direction hides posts, but not the profile.
  if (relation?.blocked === true || !latestPosts) return <Veil title={t.postsHidden} />
  return (
    <section aria-label={t.posts}>
      <PersonPosts userId={profile.userId} />
    </section>
  )
}

const Person = ({ id }: { readonly id: string }) => {
  const t = useTexts(peopleTexts)
  const query = useQuery(overviewQuery(id))
  if (isNotFound(query.error))
    return (
      <Page title={t.profile} narrow>
        <Notice>{t.gone}</Notice>
        <div>
          <ButtonLink to="/people">{t.people}</ButtonLink>
        </div>
      </Page>
    )
  return (
    <Loaded query={query} skeletons={2}>
      {(overview) => (
        <Page title={overview.profile.name ?? overview.profile.username}>
          <PersonHead overview={overview} />
          <Sides>
            <Posts overview={overview} />
            {!overview.profile.private && (
              <Stack>
                <PersonGigs overview={overview} />
                <PersonReviews overview={overview} />
              </Stack>
            )}
          </Sides>
        </Page>
      )}
    </Loaded>
  )
}

/** A person: profile, posts, gigs and reviews, as far as the signed-in user may see them. */
const PersonPage = () => {
  const t = useTexts(peopleTexts)
  const { id } = route.useParams()
  return <Members title={t.profile}>{() => <Person key={id} id={id} />}</Members>
}

export default PersonPage
