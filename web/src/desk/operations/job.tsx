import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand, type Once } from '../../api/use-command.ts'
import { useFallbackInterval } from '../../api/use-live.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Failure, Loaded, useToast } from '../../ui/feedback.tsx'
import { Card, Row, Terms } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Moment } from '../../ui/time.tsx'
import { JobRuns } from './job-runs.tsx'
import { JobTiming } from './job-timing.tsx'
import { jobQuery, jobsKey, type JobInDetail } from './jobs-queries.ts'
import { jobsTexts } from './jobs-texts.ts'
import { JsonBlock } from '../../ui/json-block.tsx'
import { useJobLive } from './use-job-live.ts'

type Verb = 'run' | 'pause' | 'resume' | 'cancel'

const send = async (id: string, verb: Verb, once: Once): Promise<void> => {
  const params = { path: { id } }
  if (verb === 'cancel') await run(api.DELETE('/api/v1/jobs/{id}', { params, ...once }))
  else await run(api.POST(`/api/v1/jobs/{id}/${verb}`, { params, ...once }))
}

const Steer = ({ job: { id, status } }: { readonly job: JobInDetail }) => {
  const t = useTexts(jobsTexts)
  const toast = useToast()
  const [isAsked, setAsked] = useState(false)
  const steer = useCommand({
    send: (verb: Verb, once) => send(id, verb, once),
    changes: [jobsKey],
    onDone: (_, verb) => {
      setAsked(false)
      if (verb === 'run') toast(t.requestedRun)
    },
  })
  if (status === 'CANCELLED') return null
  return (
    <>
      <Row>
        <Button look="primary" busy={steer.isPending} onClick={() => steer.mutate('run')}>
          {t.runNow}
        </Button>
        {status === 'ACTIVE' && (
          <Button busy={steer.isPending} onClick={() => steer.mutate('pause')}>
            {t.pause}
          </Button>
        )}
        {status === 'PAUSED' && (
          <Button busy={steer.isPending} onClick={() => steer.mutate('resume')}>
            {t.resume}
          </Button>
        )}
        <Button look="danger" onClick={() => setAsked(true)}>
          {t.cancelJob}
        </Button>
      </Row>
      {steer.error && !isAsked && <Failure error={steer.error} />}
      <Confirm
        title={t.cancelTitle}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={() => steer.mutate('cancel')}
        confirmLabel={t.cancelJob}
        busy={steer.isPending}
        error={steer.error}
      >
        <p>{t.cancelText}</p>
      </Confirm>
    </>
  )
}

/** A scheduled job with its commands and its runs, which change as they go on. */
export const JobDetails = ({ id }: { readonly id: string }) => {
  const t = useTexts(jobsTexts)
  useJobLive(id)
  const query = useQuery({ ...jobQuery(id), refetchInterval: useFallbackInterval() })
  const overlaps = { skip: t.skip, queue: t.queue, allow: t.allow }
  return (
    <Loaded query={query} skeletons={2}>
      {(job) => (
        <>
          <Card title={job.type}>
            <Terms
              of={[
                [
                  t.status,
                  <Badge key="status" kind={job.status === 'ACTIVE' ? 'good' : 'neutral'}>
                    {t[job.status]}
                  </Badge>,
                ],
                [t.timing, <JobTiming key="timing" job={job} />],
                [t.next, job.nextRunAt && <Moment key="next" at={job.nextRunAt} />],
                [t.overlap, overlaps[job.overlap]],
                [t.created, <Moment key="created" at={job.createdAt} />],
                [t.id, <code key="id">{job.id}</code>],
              ]}
            />
            {Object.keys(job.payload).length > 0 && (
              <JsonBlock label={t.payload} value={job.payload} />
            )}
            <Steer job={job} />
          </Card>
          <JobRuns runs={job.runs} />
        </>
      )}
    </Loaded>
  )
}
