import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, Loaded, More, Skeleton } from '../../ui/feedback.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, Stack, Table } from '../../ui/layout.tsx'
import { isReadable } from './event-metadata.ts'
import { categoriesQuery, streamsQuery } from './event-queries.ts'
import css from './events.module.css'
import { eventTexts } from './texts.ts'

const StreamsOf = ({ category }: { readonly category: string }) => {
  const t = useTexts(eventTexts)
  const { number, precise } = useFormats()
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    streamsQuery(category),
  )
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  return (
    <Stack>
      <h3>{t.streamsOf(category)}</h3>
      <Table
        caption={t.streamsOf(category)}
        rows={data.pages.flatMap(({ streams }) => streams)}
        keyOf={({ position }) => position}
        columns={[
          {
            head: t.stream,
            cell: ({ stream }) =>
              isReadable(stream) ? (
                <Link className={css.name} to="/desk/streams/$id" params={{ id: stream }}>
                  {stream}
                </Link>
              ) : (
                <span className={css.name}>{stream}</span>
              ),
          },
          { head: t.eventCount, isNumber: true, cell: ({ events }) => number(events) },
          { head: t.startedAt, cell: ({ startedAt }) => precise(startedAt) },
        ]}
      />
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}

/** Opens a stream by its name. */
export const OpenStream = () => {
  const t = useTexts(eventTexts)
  const navigate = useNavigate()
  return (
    <Card title={t.openStream}>
      <Form
        label={t.openStream}
        submitLabel={t.open}
        busy={false}
        onSubmit={(values) =>
          void navigate({ to: '/desk/streams/$id', params: { id: values.text('stream') } })
        }
      >
        <TextField
          name="stream"
          label={t.streamName}
          hint={t.streamHint}
          pattern="\s*[A-Za-z0-9]+-.+"
          maxLength={300}
        />
      </Form>
    </Card>
  )
}

/** The categories of the log, and the streams of one of them. */
export const Streams = () => {
  const t = useTexts(eventTexts)
  const { number } = useFormats()
  const query = useQuery(categoriesQuery)
  const [open, setOpen] = useState<string>()
  return (
    <Card title={t.categories}>
      <Loaded query={query}>
        {(categories) => (
          <Table
            caption={t.categories}
            rows={categories}
            keyOf={({ category }) => category}
            columns={[
              {
                head: t.category,
                cell: ({ category }) => (
                  <Link to="/desk/events" search={{ category }}>
                    {category}
                  </Link>
                ),
              },
              { head: t.eventCount, isNumber: true, cell: ({ events }) => number(events) },
              { head: t.streamCount, isNumber: true, cell: ({ streams }) => number(streams) },
              {
                head: t.open,
                cell: ({ category }) => (
                  <Button
                    small
                    look="quiet"
                    aria-expanded={open === category}
                    aria-label={t.showStreams(category)}
                    onClick={() => setOpen(open === category ? undefined : category)}
                  >
                    {t.streamCount}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {open !== undefined && <StreamsOf category={open} />}
    </Card>
  )
}
