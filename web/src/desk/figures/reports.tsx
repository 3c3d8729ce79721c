import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { common } from '../../i18n/common.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Empty, Loaded, useToast } from '../../ui/feedback.tsx'
import { Card, Row, Stack, Table } from '../../ui/layout.tsx'
import { Badge, type Kind } from '../../ui/notice.tsx'
import { fileOf, removeReport, reportKeys, reportsQuery, type Report } from './report-queries.ts'
import { reportTexts } from './report-texts.ts'

const kinds: Readonly<Record<Report['status'], Kind>> = {
  REQUESTED: 'info',
  COMPLETED: 'good',
  FAILED: 'bad',
}

/** All reports with their states; made ones can be downloaded. */
export const Reports = () => {
  const t = useTexts(reportTexts)
  const { delete: remove } = useTexts(common)
  const { bytes, day, moment } = useFormats()
  const toast = useToast()
  const query = useQuery(reportsQuery)
  const [asked, setAsked] = useState<Report>()
  const removing = useCommand({
    send: removeReport,
    changes: [reportKeys.reports],
    onDone: () => {
      setAsked(undefined)
      toast(t.deleted)
    },
  })
  return (
    <Card title={t.all}>
      <Loaded query={query}>
        {(reports) =>
          reports.length === 0 ? (
            <Empty />
          ) : (
            <Table
              caption={t.all}
              rows={reports}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t.kind,
                  cell: ({ kind, format }) => `${t[kind]}, ${format}`,
                },
                {
                  head: t.range,
                  cell: ({ from, to }) => `${day(from)} – ${day(new Date(to).getTime() - 1)}`,
                },
                {
                  head: t.status,
                  cell: ({ status, reason }) => (
                    <Stack tight>
                      <span role="status">
                        <Badge kind={kinds[status]}>{t[status]}</Badge>
                      </span>
                      {reason}
                    </Stack>
                  ),
                },
                { head: t.requestedAt, cell: ({ requestedAt }) => moment(requestedAt) },
                {
                  head: t.size,
                  isNumber: true,
                  cell: ({ size }) => (size === undefined ? '–' : bytes(size)),
                },
                {
                  head: t.actions,
                  cell: (report) => (
                    <Row>
                      {report.status === 'COMPLETED' && (
                        <a
                          href={fileOf(report.id)}
                          download
                          aria-label={t.downloadOne(t[report.kind], report.format)}
                        >
                          {t.download}
                        </a>
                      )}
                      <Button
                        small
                        look="quiet"
                        aria-label={t.deleteOne(t[report.kind], report.format)}
                        onClick={() => setAsked(report)}
                      >
                        {remove}
                      </Button>
                    </Row>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <Confirm
        title={t.deleteTitle}
        isOpen={asked !== undefined}
        onClose={() => {
          setAsked(undefined)
          removing.reset()
        }}
        onConfirm={() => asked && removing.mutate(asked.id)}
        confirmLabel={remove}
        busy={removing.isPending}
        error={removing.error}
      />
    </Card>
  )
}
