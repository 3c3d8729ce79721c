/** Measures one part of the bench in a process of its own: `node part-process.ts <part>`, told the rest by its parent. */
import { once } from 'node:events'
import { parts } from '../parts.ts'
import { benchOf, type Setting } from './bench.ts'

const part = parts.find(({ name }) => name === process.argv[2])
if (!part) throw new Error(`There is no part ${process.argv[2]}`)
const [setting] = (await once(process, 'message')) as [Setting]
const { default: measure } = await part.load()
const measures = await measure(benchOf(setting))
process.send?.(measures, () => process.disconnect?.())
