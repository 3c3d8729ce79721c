import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Empty, Loaded, useToast } from '../../ui/feedback.tsx'
import { Muted, Table } from '../../ui/layout.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { DeadLetterInDetail } from './dead-letter.tsx'
import { deadLettersTexts } from './dead-letters-texts.ts'
import { inOrder } from './in-order.ts'
import { deadLettersKey, deadLettersQuery, type DeadLetter } from './operations-queries.ts'

/** Interval in which the list is read again, in ms. */
const every = 5_000

const RetryAll = ({ letters }: { readonly letters: readonly DeadLetter[] }) => {
  const t = useTexts(deadLettersTexts)
  const { number } = useFormats()
  const toast = useToast()
  const [isAsked, setAsked] = useState(false)
  const retryAll = useCommand({
    send: async (ids: readonly string[], { headers }) => {
      // One after the other: each is accepted before the next is requested.
      for (const [nth, id] of ids.entries())
        await run(
          api.POST('/api/v1/admin/dead-letters/{id}/retry', {
            params: { path: { id } },
            headers: { 'idempotency-key': `${headers['idempotency-key']}-${nth}` },
          }),
        )
    },
    changes: [deadLettersKey],
    onDone: (_, ids) => {
      setAsked(false)
      toast(t.requestedAll(number(ids.length)))
    },
  })
  return (
    <div>
      <Button onClick={() => setAsked(true)}>{t.retryAll}</Button>
      <Confirm
        title={t.retryAllTitle}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={() => retryAll.mutate(inOrder(letters).map(({ id }) => id))}
        confirmLabel={t.retryAll}
        look="primary"
        busy={retryAll.isPending}
        error={retryAll.error}
      >
        <p>{t.retryAllText(number(letters.length))}</p>
      </Confirm>
    </div>
  )
}

/** The first line of an error; the rest is its stack. */
const firstLine = (error: string): string => error.split('\n')[0] ?? error

const Letters = () => {
  const t = useTexts(deadLettersTexts)
  const { number } = useFormats()
  const query = useQuery({ ...deadLettersQuery, refetchInterval: every })
  return (
    <>
      <Muted>{t.about}</Muted>
      <Loaded query={query}>
        {({ deadLetters }) =>
          deadLetters.length === 0 ? (
            <Empty>
              <p>{t.none}</p>
            </Empty>
          ) : (
            <>
              <RetryAll letters={deadLetters} />
              <Table
                caption={t.title}
                rows={deadLetters}
                keyOf={({ id }) => id}
                columns={[
                  {
                    head: t.name,
                    cell: ({ kind, name }) => (
                      <>
                        <Muted>{t[kind]}</Muted> {name}
                      </>
                    ),
                  },
                  {
                    head: t.key,
                    cell: ({ id, key }) => (
                      <Link to="/desk/dead-letters" search={{ id }} aria-label={t.inspectOf(key)}>
                        {key}
                      </Link>
                    ),
                  },
                  { head: t.event, cell: ({ type }) => type ?? '–' },
                  { head: t.error, cell: ({ error }) => firstLine(error) },
                  {
                    head: t.attempts,
                    isNumber: true,
                    cell: ({ attempts }) => number(attempts),
                  },
                  { head: t.at, cell: ({ at }) => <Ago at={at} /> },
                ]}
              />
            </>
          )
        }
      </Loaded>
    </>
  )
}

const route = getRouteApi('/desk/dead-letters')

/** The dead letters; one of them with its event, its document and its error. */
const DeadLettersPage = () => {
  const desk = useDeskTexts()
  const t = useTexts(deadLettersTexts)
  const { id } = route.useSearch()
  return (
    <Desk
      title={desk.pages.deadLetters}
      actions={
        id !== undefined && (
          <ButtonLink to="/desk/dead-letters" search={{}}>
            {t.all}
          </ButtonLink>
        )
      }
    >
      {id === undefined ? <Letters /> : <DeadLetterInDetail key={id} id={id} />}
    </Desk>
  )
}

export default DeadLettersPage
