import type { QueryKey, UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run, type DataOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from './button.tsx'
import { Confirm } from './dialog.tsx'
import { Loaded } from './feedback.tsx'
import { Card, List, Muted, Row, Stack } from './layout.tsx'
import { Badge } from './notice.tsx'
import { Ago } from './time.tsx'
import { deviceOf } from './device-of.ts'
import { sessionTexts } from './session-texts.ts'

type Page = DataOf<'/api/v1/auth/sessions', 'get'>
type OpenSession = Page['sessions'][number]

const SessionRow = ({
  session,
  onEnd,
}: {
  readonly session: OpenSession
  readonly onEnd: () => void
}) => {
  const t = useTexts(sessionTexts)
  const { browser, system } = deviceOf(session.userAgent ?? '')
  const device =
    browser && system ? t.browserOn(browser, system) : (browser ?? system ?? t.unknownDevice)
  return (
    <li>
      <Card>
        <Row between>
          <Stack tight>
            <strong>
              {device} {session.current && <Badge kind="good">{t.thisSession}</Badge>}
            </strong>
            <Muted>
              {session.ip !== undefined && `${t.from(session.ip)} · `}
              {t.signedInAt} <Ago at={session.createdAt} /> · {t.lastUsed}{' '}
              <Ago at={session.refreshedAt} />
            </Muted>
          </Stack>
          {!session.current && (
            <Button small aria-label={t.endOf(device)} onClick={onEnd}>
              {t.end}
            </Button>
          )}
        </Row>
      </Card>
    </li>
  )
}

/** The sessions that are asked about: one of the list, all but the session of this page, or all. */
type Ending = { readonly ids: readonly string[]; readonly are: 'one' | 'others' | 'all' }

/**
 * The open sessions of a user: their devices and places, and how to end them.
 * @param props.query reads them
 * @param props.queryKey its key
 */
export const OpenSessions = ({
  query,
  queryKey,
}: {
  readonly query: UseQueryResult<Page>
  readonly queryKey: QueryKey
}) => {
  const t = useTexts(sessionTexts)
  const [ending, setEnding] = useState<Ending>()
  const end = useCommand({
    // One after the other, as each is a command of its own; ending an ended one has no effect.
    send: async (ids: readonly string[]) => {
      for (const id of ids)
        await run(api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }))
    },
    changes: [queryKey],
    onDone: () => setEnding(undefined),
  })
  const are = ending?.are ?? 'one'
  const ask = { one: t.endAsk, others: t.endOthersAsk, all: t.endAllAsk }[are]
  const now = { one: t.end, others: t.endOthers, all: t.endAll }[are]
  return (
    <Card title={t.sessions}>
      <Loaded query={query} skeletons={2}>
        {({ sessions }) => {
          if (sessions.length === 0) return <Muted>{t.none}</Muted>
          const isOwn = sessions.some(({ current }) => current)
          const others = sessions.filter(({ current }) => !current).map(({ id }) => id)
          return (
            <Stack>
              <List label={t.sessions}>
                {sessions.map((session) => (
                  <SessionRow
                    key={session.id}
                    session={session}
                    onEnd={() => setEnding({ ids: [session.id], are: 'one' })}
                  />
                ))}
              </List>
              {others.length > 0 && (
                <div>
                  <Button onClick={() => setEnding({ ids: others, are: isOwn ? 'others' : 'all' })}>
                    {isOwn ? t.endOthers : t.endAll}
                  </Button>
                </div>
              )}
            </Stack>
          )
        }}
      </Loaded>
      <Confirm
        title={ask}
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        onConfirm={() => ending && end.mutate(ending.ids)}
        confirmLabel={now}
        busy={end.isPending}
        error={end.error}
      >
        <p>{t.endHint}</p>
      </Confirm>
    </Card>
  )
}
