import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, timeAt } from '#kernel'
import { readOne } from '../../../runtime/reading.ts'
import { reports } from '../../../projections/index.ts'
import { allows, ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { forbidden, notFound, Problem } from '../../../serving/problem.ts'
import type { Ports } from '../../../serving/ports.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { Link } from '../../../serving/signed-link.ts'
import { report, ReportFormat, ReportId, ReportKind } from '../language.ts'
import { asked, askedRange } from '../services/asked-range.ts'
import { reportKeyOf, reportTypes } from '../services/report-file.ts'
import { isLinkToReport } from '../services/report-links.ts'

const params = Fields({ id: ReportId })
const status = reports.document.properties['status'] ?? Type.String()

/** Admits analysts, and everybody with a valid link. @throws Problem 401, 403 */
const mayRead = (ports: Ports, id: ReportId, link: Link, caller: Caller | undefined): void => {
  if (link.signature !== undefined) {
    if (isLinkToReport(ports, id, link)) return
    throw new Problem(403, 'link_expired', 'This link has expired, or is not ours.')
  }
  if (!caller) throw new Problem(401, 'no_link', 'Sign in, or use the link of the mail.')
  if (!allows('analyst', caller)) throw forbidden()
}

/** Routes of reports. */
export const reportRoutes = [
  route({
    method: 'POST',
    url: '/analytics/reports',
    access: 'analyst',
    operationId: 'requestReport',
    summary: 'Request a report as a file: CSV, Parquet, or a page to be printed',
    description:
      'It is made afterwards: read it again until it is `COMPLETED`; its requester is notified. Amounts are in minor units in CSV and Parquet.',
    body: Fields({
      kind: ReportKind,
      format: ReportFormat,
      ...asked,
      mail: Type.Optional(Type.Boolean({ description: 'Whether to be notified by mail as well' })),
    }),
    example: { kind: 'sales', format: 'csv', from: '2030-01-01', to: '2030-01-31' },
    data: Type.Object({ id: ReportId, status: Type.Literal('REQUESTED') }),
    status: 202,
    handle: async ({ body, caller, origin }, { executor, clock }) => {
      const { kind, format, mail } = body
      const { from, to, timeZone } = askedRange(body, clock().getTime())
      const id = derivedId(ReportId, origin.commandId, 'report')
      const data = {
        kind,
        format,
        timeZone,
        from: timeAt(from),
        to: timeAt(to),
        requestedBy: caller.id,
        ...(mail !== undefined && { mail }),
      }
      const command = { type: 'RequestReport' as const, data }
      const answer = await executor.execute(report, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(report, answer)
      return {
        data: { id, status: 'REQUESTED' as const },
        position: answer.position,
        location: `/analytics/reports/${id}`,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/reports',
    access: 'analyst',
    operationId: 'listReports',
    summary: 'All reports, the newest first',
    query: ListQuery(['requestedAt'], { status: Type.Optional(status) }),
    data: ListOf('reports', DocumentFrom(reports)),
    handle: async ({ query }, ports) => {
      const { documents, position, info } = await listed(ports, reports, query, {
        ...(typeof query.status === 'string' && { status: query.status }),
      })
      return { data: { reports: documents, ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/reports/:id',
    access: 'analyst',
    operationId: 'getReport',
    summary: 'One report, and whether it is made',
    params,
    query: Fresh,
    data: DocumentFrom(reports),
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const { document, position } = await readOne(readModels, reports, id, minPositionOf(query))
      if (!document) throw notFound('report')
      return { data: document, position }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/reports/:id/file',
    access: 'public',
    operationId: 'downloadReport',
    summary: 'The file of a report',
    description: 'For analysts, and for everybody with the link of a mail until it expires.',
    params,
    query: Link,
    data: Type.Null(),
    binary: true,
    problems: [401, 403, 404, 409],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { executor, blobs } = ports
      mayRead(ports, id, query, caller)
      const { state } = await executor.stateOf(report, id)
      if (state.status === 'none' || state.status === 'removed') throw notFound('report')
      if (state.status !== 'completed')
        throw new Problem(409, 'report_not_made', 'This report is not made yet.', undefined, {
          retryAfter: 2,
        })
      const { kind, format, size, checksum } = state
      return {
        data: null,
        content: {
          type: reportTypes[format],
          size,
          tag: checksum,
          disposition: { kind: 'attachment', name: `${kind}-${id}.${format}` },
          embeddable: false,
          open: (range) => blobs.read(reportKeyOf(id, format), range),
        },
      }
    },
  }),

  route({
    method: 'DELETE',
    url: '/analytics/reports/:id',
    access: 'analyst',
    operationId: 'removeReport',
    summary: 'Remove a report with its file',
    description:
      'For the analyst who requested it, and for admins. Reports are removed 90 days after their request.',
    params,
    data: Type.Object({ id: ReportId, removed: Type.Literal(true) }),
    problems: [403, 404],
    handle: async ({ params: { id }, caller, origin }, { executor }) => {
      const { state } = await executor.stateOf(report, id)
      if (state.status === 'none' || state.status === 'removed') throw notFound('report')
      if (!ownsOrAdmin(caller, state.requestedBy)) throw forbidden()
      const command = { type: 'RemoveReport' as const, data: {} }
      const answer = await executor.execute(report, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(report, answer)
      return { data: { id, removed: true as const }, position: answer.position }
    },
  }),
]
