import type { Report, Reports } from './port.ts'

/** Reports in memory, for tests. @param now clock, in ms */
export const memoryReports = (now: () => number = () => performance.now()): Reports => {
  const reports = new Map<string, { readonly report: Report; readonly at: number }>()
  return {
    put: async (report) => void reports.set(report.process, { report, at: now() }),
    recent: async (age) =>
      [...reports.values()].filter(({ at }) => now() - at <= age).map(({ report }) => report),
    remove: async (process) => void reports.delete(process),
  }
}
