import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Progress } from '../../ui/feedback.tsx'
import { Form, Select } from '../../ui/form.tsx'
import { Card, Muted } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { saveFile } from '../../ui/save-file.ts'
import type { EventFilter } from './event-filter.ts'
import { exportedEvents } from './event-queries.ts'
import { exportEvents, exportFormats, mostExported, type ExportFormat } from './exported.ts'
import { eventTexts } from './texts.ts'

/** Saves the filtered events as a file, read page by page. */
export const ExportEvents = ({ filter }: { readonly filter: EventFilter }) => {
  const t = useTexts(eventTexts)
  const { number } = useFormats()
  const [count, setCount] = useState(0)
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  const exporting = useMutation({
    mutationFn: async (format: ExportFormat) => {
      const own = new AbortController()
      running.current = own
      setCount(0)
      const { file, ...rest } = await exportEvents({
        format,
        readPage: (cursor) => exportedEvents(filter, cursor),
        onProgress: setCount,
        signal: own.signal,
      })
      saveFile(`events.${format}`, file)
      return rest
    },
  })
  const { data, isPending, error } = exporting
  const isStopped = error?.name === 'AbortError'
  return (
    <Card title={t.export}>
      <Muted>{t.exportAbout(number(mostExported))}</Muted>
      <Form
        label={t.export}
        submitLabel={t.startExport}
        busy={isPending}
        error={isStopped ? undefined : error}
        onSubmit={(values) =>
          exporting.mutate(exportFormats.find((one) => one === values.text('format')) ?? 'ndjson')
        }
        actions={isPending && <Button onClick={() => running.current?.abort()}>{t.stop}</Button>}
      >
        <Select
          name="format"
          label={t.format}
          options={[
            ['ndjson', t.ndjson],
            ['csv', t.csv],
          ]}
        />
      </Form>
      {isPending && <Progress label={t.exporting(number(count))} share={undefined} />}
      {data && (
        <Notice kind={data.isCut ? 'warn' : 'good'}>
          {data.isCut ? t.exportCut(number(data.count)) : t.exported(number(data.count))}
        </Notice>
      )}
    </Card>
  )
}
