/** Measures one part of the bench in a process of its own: `node part-process.ts <log> <part>`; its parent sends the settings. */
import { once } from 'node:events'
import { isLogName, parts } from '../parts.ts'
import { benchOf, type Setting } from './bench.ts'

const [log = '', partName = ''] = process.argv.slice(2)
const part = isLogName(log) ? parts[log].find(({ name }) => name === partName) : undefined
if (!part) throw new Error(`There is no part ${partName} of ${log}`)
const [setting] = (await once(process, 'message')) as [Setting]
const { default: measure } = await part.load()
const measures = await measure(benchOf(setting))
process.send?.(measures, () => process.disconnect?.())
