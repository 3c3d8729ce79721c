import { useQueryClient } from '@tanstack/react-query'
import { ask } from '../../api/sockets.ts'
import { useLive } from '../../api/use-live.ts'
import { jobQuery, jobsKey } from './jobs-queries.ts'

/** Follows the runs of a job over `/tasks`: progress is shown as it is pushed, and the job is read again as runs begin and end. */
export const useJobLive = (id: string): void => {
  const queries = useQueryClient()
  const { queryKey } = jobQuery(id)
  const again = () => queries.invalidateQueries({ queryKey: jobsKey })
  const ifMine = ({ taskId }: { readonly taskId: string }): void => {
    if (taskId === id) void again()
  }
  useLive(
    '/tasks',
    {
      'task:accepted': ifMine,
      'task:done': ifMine,
      'task:failed': ifMine,
      'task:progress': ({ taskId, runId, progress }) => {
        if (taskId !== id) return
        const job = queries.getQueryData(queryKey)
        if (!job?.runs.some((one) => one.id === runId && one.state === 'RUNNING')) {
          void again()
          return
        }
        const runs = job.runs.map((one) => (one.id === runId ? { ...one, progress } : one))
        queries.setQueryData(queryKey, { ...job, runs })
      },
    },
    {
      key: id,
      onConnect: () =>
        void ask('/tasks', 'task:subscribe', { taskId: id }).then(again, () => undefined),
      onLeave: () => void ask('/tasks', 'task:unsubscribe', { taskId: id }).catch(() => undefined),
    },
  )
}
