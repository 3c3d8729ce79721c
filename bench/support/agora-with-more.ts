/**
 * Starts Agora with further read models: with the usual environment, and `FURTHER`, which is JSON with the number of
 * projections that read no event of the measured command (`bystanders`), and of those that read the events of `inventory`
 * (`companions`).
 */
import { pino } from 'pino'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { bystanders } from '../../test/budgets/support/bystanders.ts'

const { FURTHER = '{"bystanders":0,"companions":0}', ...env } = process.env
const config = readConfig(env)
const app = await startApp(config, {
  postgresUrl: config.postgresUrl!,
  logger: pino({ level: 'warn' }),
  projections: bystanders(JSON.parse(FURTHER)),
})
process.stdout.write(`${JSON.stringify({ url: app.url })}\n`)
process.once('SIGTERM', () => void app[Symbol.asyncDispose]().then(() => process.exit(0)))
