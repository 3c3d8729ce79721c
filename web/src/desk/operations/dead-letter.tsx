import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { isNotFound } from '../../api/problem.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, Loaded, useToast } from '../../ui/feedback.tsx'
import { Card, Muted, Row, Terms } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Moment } from '../../ui/time.tsx'
import { deadLettersTexts } from './dead-letters-texts.ts'
import { ErrorText } from './error-text.tsx'
import { JsonBlock } from '../../ui/json-block.tsx'
import { deadLetterQuery, deadLettersKey, type DeadLetterDetail } from './operations-queries.ts'

/** Interval in which the result of a retry is looked for, in ms. */
const lookEvery = 1_000

const traceOf = (metadata: unknown): string | undefined => {
  const id: unknown =
    typeof metadata === 'object' && metadata !== null
      ? Reflect.get(metadata, 'correlationId')
      : undefined
  return typeof id === 'string' ? id : undefined
}

const Circumstances = ({ letter }: { readonly letter: DeadLetterDetail }) => {
  const t = useTexts(deadLettersTexts)
  const { event, document, kind } = letter
  const trace = traceOf(event?.metadata)
  return (
    <>
      {kind !== 'job' && (
        <Card title={t.eventTitle}>
          {event ? (
            <>
              <Terms
                of={[
                  [
                    t.stream,
                    <Link key="stream" to="/desk/streams/$id" params={{ id: event.stream }}>
                      {event.stream}
                    </Link>,
                  ],
                  [
                    t.trace,
                    trace === undefined ? undefined : (
                      <Link key="trace" to="/desk/traces/$id" params={{ id: trace }}>
                        {t.showTrace}
                      </Link>
                    ),
                  ],
                ]}
              />
              <JsonBlock label={t.eventTitle} value={event} />
            </>
          ) : (
            <Muted>{t.noEvent}</Muted>
          )}
        </Card>
      )}
      {document && (
        <Card title={t.documentTitle}>
          {document.before === null ? (
            <Muted>{t.noDocument}</Muted>
          ) : (
            <>
              <Muted>{t.masked}</Muted>
              <JsonBlock label={t.documentTitle} value={document.before} />
            </>
          )}
        </Card>
      )}
    </>
  )
}

/** A dead letter with its circumstances, and its retry, whose result is waited for. */
export const DeadLetterInDetail = ({ id }: { readonly id: string }) => {
  const t = useTexts(deadLettersTexts)
  const { number } = useFormats()
  const toast = useToast()
  /** Number of attempts before the retry that was requested last. */
  const [triedAt, setTriedAt] = useState<number>()
  const query = useQuery({
    ...deadLetterQuery(id),
    refetchInterval: ({ state }) =>
      triedAt !== undefined && !isNotFound(state.error) && state.data?.attempts === triedAt
        ? lookEvery
        : false,
  })
  const retry = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/admin/dead-letters/{id}/retry', { params: { path: { id } }, ...once })),
    changes: [deadLettersKey],
    onDone: () => {
      setTriedAt(query.data?.attempts)
      toast(t.requested)
    },
  })
  const isResolved = triedAt !== undefined && isNotFound(query.error)
  if (isResolved) return <Notice kind="good">{t.resolved}</Notice>
  const explanations = {
    projection: t.retryProjection,
    saga: t.retrySaga,
    job: t.retryJob,
    bridge: t.retryBridge,
  }
  return (
    <Loaded query={query} skeletons={2}>
      {(letter) => (
        <>
          <Card title={`${t[letter.kind]}: ${letter.name}`}>
            <Terms
              of={[
                [t.key, letter.key],
                [t.event, letter.type],
                [t.position, letter.position],
                [t.attempts, number(letter.attempts)],
                [t.at, <Moment key="at" at={letter.at} />],
              ]}
            />
            <ErrorText label={t.error} text={letter.error} />
            <Muted>{explanations[letter.kind]}</Muted>
            {triedAt !== undefined &&
              (letter.attempts === triedAt ? (
                <Notice>{t.waiting}</Notice>
              ) : (
                <Notice kind="warn">{t.failedAgain}</Notice>
              ))}
            {retry.error && <Failure error={retry.error} />}
            <Row>
              <Button look="primary" busy={retry.isPending} onClick={() => retry.mutate()}>
                {t.retry}
              </Button>
            </Row>
          </Card>
          <Circumstances letter={letter} />
        </>
      )}
    </Loaded>
  )
}
