import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'
export const profiled = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const s = new Session()
  s.connect()
  await s.post('Profiler.enable')
  await s.post('Profiler.setSamplingInterval', { interval: 200 })
  await s.post('Profiler.start')
  try {
    return await work()
  } finally {
    const { profile } = await s.post('Profiler.stop')
    writeFileSync(`/tmp/prof-${name}.cpuprofile`, JSON.stringify(profile))
    s.disconnect()
  }
}
