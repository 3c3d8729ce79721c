import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty, Failure } from '../../ui/feedback.tsx'
import { Form, Select, TextField } from '../../ui/form.tsx'
import { Card, Muted, Row, Stack } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Desk } from '../desk.tsx'
import { typedNames } from './event-filter.ts'
import { categoriesQuery } from './event-queries.ts'
import { EventTable } from './event-table.tsx'
import css from './events.module.css'
import { liveSearch, type LiveSearch } from './live-search.ts'
import { liveTexts } from './live-texts.ts'
import { mostShown } from './received-events.ts'
import { useLiveTail } from './use-live-tail.ts'

const route = getRouteApi('/desk/live')

const Choice = ({ search }: { readonly search: LiveSearch }) => {
  const t = useTexts(liveTexts)
  const navigate = useNavigate()
  const { data: categories = [] } = useQuery(categoriesQuery)
  return (
    <Card title={t.filter}>
      <Form
        key={`${JSON.stringify(search)} ${categories.length}`}
        label={t.filter}
        submitLabel={t.apply}
        busy={false}
        onSubmit={(values) =>
          void navigate({
            to: '/desk/live',
            search: liveSearch({
              category: values.text('category'),
              types: typedNames(values.text('types')),
            }),
          })
        }
      >
        <div className={css.fields}>
          <Select
            name="category"
            label={t.category}
            required={false}
            defaultValue={search.category ?? ''}
            options={[
              ['', t.everything],
              ...categories.map(({ category }): [string, string] => [category, category]),
            ]}
          />
          <TextField
            name="types"
            label={t.types}
            hint={t.typesHint}
            required={false}
            defaultValue={search.types}
          />
        </div>
      </Form>
    </Card>
  )
}

const Tail = ({ search }: { readonly search: LiveSearch }) => {
  const t = useTexts(liveTexts)
  const { number } = useFormats()
  const [isFollowing, setFollowing] = useState(true)
  const { received, error, clear } = useLiveTail(search, isFollowing)
  return (
    <Stack>
      <Row between>
        <Row>
          <Badge kind={isFollowing ? 'good' : 'warn'}>{isFollowing ? t.following : t.paused}</Badge>
          <span role="status">{t.received(number(received.count))}</span>
          {received.count > mostShown && <Muted>{t.bounded(number(mostShown))}</Muted>}
        </Row>
        <Row>
          <Button look="primary" onClick={() => setFollowing(!isFollowing)}>
            {isFollowing ? t.pause : t.resume}
          </Button>
          <Button onClick={clear}>{t.clear}</Button>
        </Row>
      </Row>
      {error !== undefined && <Failure error={error} />}
      {received.events.length === 0 ? (
        <Empty>
          <p>{t.waiting}</p>
        </Empty>
      ) : (
        <EventTable events={received.events} />
      )}
    </Stack>
  )
}

const Content = () => {
  const t = useTexts(liveTexts)
  const search = route.useSearch()
  return (
    <Stack>
      <Muted>{t.liveAbout}</Muted>
      <Choice search={search} />
      <Tail key={JSON.stringify(search)} search={search} />
    </Stack>
  )
}

/** New events as they are recorded. */
const LivePage = () => {
  const t = useTexts(liveTexts)
  return (
    <Desk title={t.live}>
      <Content />
    </Desk>
  )
}

export default LivePage
