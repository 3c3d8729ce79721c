import { signedLinks, type Link, type LinkPorts } from '../../../serving/signed-link.ts'
import type { ReportId } from '../language.ts'

/** Time for which the link in a mail is valid, in ms. */
const ttl = 7 * 24 * 60 * 60_000

const links = signedLinks('report-links')

/** Returns a URL of a report's file that needs no token, for a mail. @param site `https://shop.example` */
export const linkToReport = (ports: LinkPorts, id: ReportId, site: string): string =>
  `${site}/api/v1/analytics/reports/${id}/file?${links.queryFor(ports, [id], ttl)}`

/** Whether a URL shows the file of a report to everybody. */
export const isLinkToReport = (ports: LinkPorts, id: ReportId, link: Link): boolean =>
  links.isValid(ports, [id], link)
