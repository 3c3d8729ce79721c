/**
 * Imported into a process before its own program: writes the URL of every module that has been loaded into the file
 * `LOADED_MODULES`, one on a line, when the process ends.
 */
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  load: (url, context, next) => {
    loaded.add(url)
    return next(url, context)
  },
})
process.once('exit', () => writeFileSync(process.env.LOADED_MODULES!, [...loaded].join('\n')))
