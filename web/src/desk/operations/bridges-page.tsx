import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Empty, Failure, Loaded, useToast } from '../../ui/feedback.tsx'
import { Card, Muted, Row, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { bridgesTexts } from './bridges-texts.ts'
import {
  bridgesKey,
  bridgesQuery,
  deadLettersKey,
  deadLettersQuery,
  type Bridge,
  type DeadLetter,
} from './operations-queries.ts'

/** Interval in which the lists are read again, in ms. */
const every = 5_000

/** Lag from which on a bridge is behind, in s: that of the alert. */
const longLag = 60

const Status = ({ bridge: { parked, lagSeconds } }: { readonly bridge: Bridge }) => {
  const t = useTexts(bridgesTexts)
  if (parked > 0) return <Badge kind="warn">{t.withParked}</Badge>
  return lagSeconds > longLag ? (
    <Badge kind="warn">{t.behind}</Badge>
  ) : (
    <Badge kind="good">{t.level}</Badge>
  )
}

const Bridges = () => {
  const t = useTexts(bridgesTexts)
  const { number } = useFormats()
  const query = useQuery({ ...bridgesQuery, refetchInterval: every })
  return (
    <>
      <Muted>{t.about}</Muted>
      <Loaded query={query}>
        {({ bridges }) =>
          bridges.length === 0 ? (
            <Empty>
              <p>{t.none}</p>
            </Empty>
          ) : (
            <Table
              caption={t.title}
              rows={bridges}
              keyOf={({ name }) => name}
              columns={[
                { head: t.name, cell: ({ name }) => <strong>{name}</strong> },
                { head: t.status, cell: (bridge) => <Status bridge={bridge} /> },
                {
                  head: t.lag,
                  cell: ({ lagEvents, lagSeconds }) =>
                    lagEvents === 0
                      ? t.noLag
                      : t.lagOf(number(lagEvents), number(Math.round(lagSeconds * 10) / 10)),
                },
                { head: t.parked, isNumber: true, cell: ({ parked }) => number(parked) },
                {
                  head: t.position,
                  cell: ({ position, head }) =>
                    t.ofHead(number(Number(position)), number(Number(head))),
                },
              ]}
            />
          )
        }
      </Loaded>
    </>
  )
}

/** The commands of a parked stream; the skip says before what it does, and is of the event that was shown then. */
const Steer = ({ letter: { id, key, position } }: { readonly letter: DeadLetter }) => {
  const t = useTexts(bridgesTexts)
  const toast = useToast()
  /** The position of the event to be skipped, while that is asked. */
  const [asked, setAsked] = useState<string>()
  const changes = [deadLettersKey, bridgesKey]
  const retry = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/admin/dead-letters/{id}/retry', { params: { path: { id } }, ...once })),
    changes,
    onDone: () => toast(t.requestedRetry),
  })
  const skip = useCommand({
    send: (at: string, once) =>
      run(
        api.POST('/api/v1/admin/dead-letters/{id}/skip', {
          params: { path: { id } },
          body: { position: at },
          ...once,
        }),
      ),
    changes,
    onDone: () => {
      setAsked(undefined)
      toast(t.requestedSkip)
    },
  })
  return (
    <>
      <Row>
        <Button
          small
          busy={retry.isPending}
          aria-label={t.of(t.retry, key)}
          onClick={() => retry.mutate()}
        >
          {t.retry}
        </Button>
        <Button
          small
          look="danger"
          aria-label={t.of(t.skip, key)}
          onClick={() => {
            skip.reset()
            setAsked(position)
          }}
        >
          {t.skip}
        </Button>
      </Row>
      {retry.error && <Failure error={retry.error} />}
      <Confirm
        title={t.skipTitle(key)}
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        onConfirm={() => asked !== undefined && skip.mutate(asked)}
        confirmLabel={t.skip}
        busy={skip.isPending}
        error={skip.error}
      >
        <p>{t.skipText(asked ?? '')}</p>
      </Confirm>
    </>
  )
}

const Parked = () => {
  const t = useTexts(bridgesTexts)
  const { number } = useFormats()
  const query = useQuery({ ...deadLettersQuery, refetchInterval: every })
  return (
    <Card title={t.parkedTitle}>
      <Loaded query={query}>
        {({ deadLetters }) => {
          const parked = deadLetters.filter(({ kind }) => kind === 'bridge')
          return parked.length === 0 ? (
            <Empty>
              <p>{t.noneParked}</p>
            </Empty>
          ) : (
            <Table
              caption={t.parkedTitle}
              rows={parked}
              keyOf={({ id }) => id}
              columns={[
                { head: t.name, cell: ({ name }) => name },
                {
                  head: t.stream,
                  cell: ({ id, key }) => (
                    <Link to="/desk/dead-letters" search={{ id }}>
                      {key}
                    </Link>
                  ),
                },
                { head: t.commands, cell: (letter) => <Steer letter={letter} /> },
                { head: t.event, cell: ({ type }) => type ?? '–' },
                { head: t.position, isNumber: true, cell: ({ position }) => position ?? '–' },
                { head: t.error, cell: ({ error }) => error.split('\n')[0] },
                { head: t.attempts, isNumber: true, cell: ({ attempts }) => number(attempts) },
                { head: t.at, cell: ({ at }) => <Ago at={at} /> },
              ]}
            />
          )
        }}
      </Loaded>
    </Card>
  )
}

/** The bridges to brokers, and the streams that wait for an operator. */
const BridgesPage = () => {
  const desk = useDeskTexts()
  return (
    <Desk title={desk.pages.bridges}>
      <Bridges />
      <Parked />
    </Desk>
  )
}

export default BridgesPage
