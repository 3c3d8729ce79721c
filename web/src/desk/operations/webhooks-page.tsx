import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Muted, Table } from '../../ui/layout.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Ago, Moment } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { WebhookDetails } from './webhook.tsx'
import { WebhookStatus } from './webhook-status.tsx'
import { webhooksQuery } from './webhooks-queries.ts'
import { webhooksTexts } from './webhooks-texts.ts'

/** Interval in which the list is read again, in ms. */
const every = 10_000

const Webhooks = () => {
  const t = useTexts(webhooksTexts)
  const { number } = useFormats()
  const query = useInfiniteQuery({ ...webhooksQuery, refetchInterval: every })
  return (
    <>
      <Muted>{t.about}</Muted>
      <Paged query={query} rowsOf={(page) => page.webhooks} none={t.none}>
        {(webhooks) => (
          <Table
            caption={t.title}
            rows={webhooks}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t.url,
                cell: ({ id, url }) => (
                  <Link to="/desk/webhooks" search={{ id }}>
                    {url}
                  </Link>
                ),
              },
              { head: t.status, cell: (webhook) => <WebhookStatus webhook={webhook} /> },
              {
                head: t.failures,
                isNumber: true,
                cell: ({ failuresInARow }) => number(failuresInARow),
              },
              { head: t.givenUp, isNumber: true, cell: ({ givenUp }) => number(givenUp) },
              {
                head: t.next,
                cell: ({ nextTrialAt }) =>
                  nextTrialAt === undefined ? '–' : <Moment at={nextTrialAt} />,
              },
              {
                head: t.lastSuccess,
                cell: ({ lastSuccessAt }) =>
                  lastSuccessAt === undefined ? '–' : <Ago at={lastSuccessAt} />,
              },
              { head: t.lastError, cell: ({ lastError }) => lastError ?? '–' },
            ]}
          />
        )}
      </Paged>
    </>
  )
}

const route = getRouteApi('/desk/webhooks')

/** Webhooks: the list, or one of them with its deliveries. */
const WebhooksPage = () => {
  const desk = useDeskTexts()
  const t = useTexts(webhooksTexts)
  const { id } = route.useSearch()
  return (
    <Desk
      title={desk.pages.webhooks}
      actions={
        id !== undefined && (
          <ButtonLink to="/desk/webhooks" search={{}}>
            {t.all}
          </ButtonLink>
        )
      }
    >
      {id === undefined ? <Webhooks /> : <WebhookDetails key={id} id={id} />}
    </Desk>
  )
}

export default WebhooksPage
