import { getRouteApi } from '@tanstack/react-router'
import { useSession } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Empty } from '../ui/feedback.tsx'
import { Muted, Page, Sides, Stack, TabLink, Tabs } from '../ui/layout.tsx'
import { Beside } from './beside.tsx'
import { SearchFacets } from './search-facets.tsx'
import {
  publicTypes,
  searchTypes,
  type SearchQuestion,
  type SearchType,
} from './search-question.ts'
import { ResultsOf } from './search-results.tsx'
import { searchTexts } from './search-texts.ts'

const route = getRouteApi('/search')

const Kinds = ({
  question: { q, type },
  types,
}: {
  readonly question: SearchQuestion
  readonly types: readonly SearchType[]
}) => {
  const t = useTexts(searchTexts)
  const current = (one: SearchType | undefined) => (one === type ? 'page' : undefined)
  return (
    <Tabs label={t.kinds}>
      <TabLink
        to="/search"
        search={{ q }}
        activeOptions={{ exact: true }}
        aria-current={current(undefined)}
      >
        {t.all}
      </TabLink>
      {types.map((one) => (
        <TabLink
          key={one}
          to="/search"
          search={{ q, type: one }}
          activeOptions={{ exact: true }}
          aria-current={current(one)}
        >
          {t[one]}
        </TabLink>
      ))}
    </Tabs>
  )
}

/** The search: what is found of all types, or of one. */
const SearchPage = () => {
  const t = useTexts(searchTexts)
  const { isSignedIn } = useSession()
  const question = route.useSearch()
  const types = isSignedIn ? searchTypes : publicTypes
  const type = types.find((one) => one === question.type)
  if (question.q === '')
    return (
      <Page title={t.title}>
        <Empty>
          <p>{t.ask}</p>
        </Empty>
      </Page>
    )
  return (
    <Page title={t.titleOf(question.q)}>
      <Kinds question={question} types={types} />
      {type === undefined ? (
        <Stack>
          {types.map((one) => (
            <ResultsOf key={one} type={one} question={{ q: question.q }} isPart />
          ))}
        </Stack>
      ) : type === 'products' ? (
        <Sides>
          <ResultsOf type={type} question={question} isPart={false} />
          <Beside title={t.filter}>
            <SearchFacets question={question} />
          </Beside>
        </Sides>
      ) : (
        <ResultsOf type={type} question={question} isPart={false} />
      )}
      {!isSignedIn && <Muted>{t.signIn}</Muted>}
    </Page>
  )
}

export default SearchPage
