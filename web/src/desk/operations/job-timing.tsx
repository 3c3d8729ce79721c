import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Moment } from '../../ui/time.tsx'
import { inUnits } from './intervals.ts'
import type { Job } from './jobs-queries.ts'
import { jobsTexts } from './jobs-texts.ts'

/** When a job is due: once, by cron in a time zone, or in intervals. */
export const JobTiming = ({
  job: { runAt, cron, timeZone, everyMs },
}: {
  readonly job: Pick<Job, 'runAt' | 'cron' | 'timeZone' | 'everyMs'>
}) => {
  const t = useTexts(jobsTexts)
  const { number } = useFormats()
  if (cron !== undefined) return <code>{t.cronIn(cron, timeZone ?? 'UTC')}</code>
  if (everyMs !== undefined) {
    const { count, unit } = inUnits(everyMs)
    return <>{t.everyText(number(count), t[unit])}</>
  }
  return (
    <>
      {t.once} {runAt !== undefined && <Moment at={runAt} />}
    </>
  )
}
