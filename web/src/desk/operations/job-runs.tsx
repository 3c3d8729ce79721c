import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Progress } from '../../ui/feedback.tsx'
import { Card, Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge, type Kind } from '../../ui/notice.tsx'
import { Moment } from '../../ui/time.tsx'
import { JsonBlock } from '../../ui/json-block.tsx'
import type { Run } from './jobs-queries.ts'
import { jobsTexts } from './jobs-texts.ts'

const kinds: Readonly<Record<Run['state'], Kind | 'neutral'>> = {
  QUEUED: 'neutral',
  WAITING: 'neutral',
  RUNNING: 'info',
  RETRYING: 'warn',
  COMPLETED: 'good',
  FAILED: 'bad',
  SKIPPED: 'neutral',
  CANCELLED: 'neutral',
}

const Result = ({ run }: { readonly run: Run }) => {
  const t = useTexts(jobsTexts)
  const { percent } = useFormats()
  const { state, progress, output, error, skipped, retryAt } = run
  const skips = {
    missed: t.skippedMissed,
    overlap: t.skippedOverlap,
    too_many: t.skippedTooMany,
  }
  return (
    <Stack tight>
      {state === 'RUNNING' && (
        <Progress
          label={t.progress(percent((progress ?? 0) / 100))}
          share={progress === undefined ? undefined : progress / 100}
        />
      )}
      {output && <JsonBlock label={t.output} value={output} />}
      {error !== undefined && <span>{error}</span>}
      {retryAt !== undefined && (
        <Muted>
          {t.retryAt} <Moment at={retryAt} />
        </Muted>
      )}
      {skipped && <Muted>{skips[skipped]}</Muted>}
    </Stack>
  )
}

/** The newest runs of a job with their output. */
export const JobRuns = ({ runs }: { readonly runs: readonly Run[] }) => {
  const t = useTexts(jobsTexts)
  const { number } = useFormats()
  const causes = { due: t.causeDue, manual: t.manual, queue: t.causeQueue }
  return (
    <Card title={t.runs}>
      {runs.length === 0 ? (
        <Muted>{t.noRuns}</Muted>
      ) : (
        <div aria-live="polite">
          <Table
            caption={t.runs}
            rows={runs}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t.state,
                cell: ({ state }) => <Badge kind={kinds[state]}>{t[state]}</Badge>,
              },
              { head: t.result, cell: (one) => <Result run={one} /> },
              { head: t.cause, cell: ({ cause }) => causes[cause] },
              { head: t.due, cell: ({ dueAt }) => <Moment at={dueAt} /> },
              {
                head: t.ended,
                cell: ({ endedAt }) => (endedAt === undefined ? '–' : <Moment at={endedAt} />),
              },
              { head: t.attempt, isNumber: true, cell: ({ attempt }) => number(attempt) },
            ]}
          />
        </div>
      )}
    </Card>
  )
}
