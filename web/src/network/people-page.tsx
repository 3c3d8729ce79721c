import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useId, useState } from 'react'
import type { User } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card, List, Muted, Page, Row, Stack } from '../ui/layout.tsx'
import { Members } from './members.tsx'
import { fewestCharacters, foundPeopleQuery, suggestedPeopleQuery } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import { PersonRow } from './person-row.tsx'

const route = getRouteApi('/people')

/** Pause in typing after which suggestions are read, in ms. */
const typingPauseMs = 200

/** Returns a text once it has not changed for a moment. */
const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingPauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

const Search = ({ q }: { readonly q: string }) => {
  const t = useTexts(peopleTexts)
  const navigate = useNavigate()
  const listId = useId()
  const [typed, setTyped] = useState(q)
  const settled = useSettled(typed.trim())
  const { data } = useQuery({ ...suggestedPeopleQuery(settled), enabled: settled !== '' })
  return (
    <Form
      busy={false}
      submitLabel={t.find}
      onSubmit={(values) => {
        const text = values.text('q')
        void navigate({ to: '/people', search: text === '' ? {} : { q: text } })
      }}
    >
      <TextField
        name="q"
        type="search"
        label={t.search}
        hint={t.searchHint}
        required={false}
        defaultValue={q}
        maxLength={100}
        list={listId}
        autoComplete="off"
        onChange={({ target }) => setTyped(target.value)}
      />
      <datalist id={listId}>
        {settled !== '' &&
          data?.map(({ text, id }) => (
            <option key={id ?? text} value={text}>
              {text}
            </option>
          ))}
      </datalist>
    </Form>
  )
}

const Found = ({ q }: { readonly q: string }) => {
  const t = useTexts(peopleTexts)
  const { number } = useFormats()
  const isEnough = q.length >= fewestCharacters
  const query = useInfiniteQuery({ ...foundPeopleQuery(q), enabled: isEnough })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!isEnough) return <Muted>{t.ask}</Muted>
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={2} />
  const people = data.pages.flatMap(({ users }) => users)
  const total = data.pages[0]?.total ?? 0
  return (
    <Stack>
      <span role="status">
        <Muted>{t.found(number(total), total === 1)}</Muted>
      </span>
      {people.length === 0 ? (
        <Empty>
          <p>{t.noneFound}</p>
        </Empty>
      ) : (
        <List label={t.people}>
          {people.map((person) => (
            <PersonRow key={person.userId} person={person} />
          ))}
        </List>
      )}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}

const Links = ({ user: { userId: id } }: { readonly user: User }) => {
  const t = useTexts(peopleTexts)
  return (
    <Row>
      <ButtonLink to="/people/$id" params={{ id }} look="quiet">
        {t.myProfile}
      </ButtonLink>
      <ButtonLink to="/people/$id/followers" params={{ id }} look="quiet">
        {t.yourFollowers}
      </ButtonLink>
      <ButtonLink to="/people/$id/following" params={{ id }} look="quiet">
        {t.yourFollowing}
      </ButtonLink>
      <ButtonLink to="/follow-requests" look="quiet">
        {t.requests}
      </ButtonLink>
    </Row>
  )
}

/** People: search with suggestions, and the lists of the signed-in user. */
const PeoplePage = () => {
  const t = useTexts(peopleTexts)
  const { q = '' } = route.useSearch()
  return (
    <Members title={t.people}>
      {(user) => (
        <Page title={t.people} narrow>
          <Links user={user} />
          <Card>
            <Search key={q} q={q} />
          </Card>
          {q !== '' && <Found q={q} />}
        </Page>
      )}
    </Members>
  )
}

export default PeoplePage
