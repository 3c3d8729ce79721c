import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scratchConformance } from './conformance.ts'
import { memoryScratch } from './memory.ts'
import { sqliteScratch } from './sqlite.ts'

scratchConformance('memory', memoryScratch)
scratchConformance('SQLite', () => sqliteScratch())

test('the file of a scratch is removed at its end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agora-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const scratch = sqliteScratch(folder)
  expect(readdirSync(folder)).toHaveLength(1)
  scratch.close()
  expect(readdirSync(folder)).toHaveLength(0)
})
