import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Generates the types of the messages and services of gRPC, by proto-loader-gen-types.
 * @param top folder of the project
 * @param files names of the contracts in `proto/`
 * @returns the text of each file, by its path from the folder of the generated types
 */
export const grpcTypes = (top: string, files: readonly string[]): ReadonlyMap<string, string> => {
  const folder = mkdtempSync(join(tmpdir(), 'agora-grpc-types-'))
  try {
    const tool = join(top, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js')
    const options = ['--longs=Number', '--defaults', '--importFileExtension=.ts']
    const places = ['--grpcLib=@grpc/grpc-js', '-I', 'proto', '-O', folder]
    execFileSync(process.execPath, [tool, ...options, ...places, ...files], {
      cwd: top,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return new Map(
      globSync('**/*.ts', { cwd: folder })
        .toSorted()
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
        // The packages of contracts without a service have no constructors, whose unused helpers would be errors.
        .filter(
          ([, text]) =>
            !text.includes('type SubtypeConstructor') || text.includes(': SubtypeConstructor<'),
        ),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
