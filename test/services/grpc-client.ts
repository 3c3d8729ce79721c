import { hash } from 'node:crypto'
import { chmod, copyFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractFiles } from '../../src/edges/grpc/contracts.ts'
import { cached, fetchArtifact, fetchJars, run } from './maven.ts'

const versions = { grpc: '1.68.1', protobuf: '3.25.5' }
const program = join(import.meta.dirname, 'GrpcClient.java')
const contracts = join(import.meta.dirname, '../../proto')

/** Contracts that the program needs; Java has those of google.rpc. */
const files = contractFiles.filter((name) => !name.startsWith('google/'))

/** Platforms that Maven has compilers of contracts for. */
const platforms: Readonly<Record<string, string>> = {
  'linux x64': 'linux-x86_64',
  'linux arm64': 'linux-aarch_64',
  'darwin x64': 'osx-x86_64',
  'darwin arm64': 'osx-aarch_64',
}

/** Folder of the libraries and compilers, fetched once. */
const tools = (platform: string): Promise<string> =>
  cached(`grpc-java-${versions.grpc}`, async (folder) => {
    await fetchJars(folder, [
      `io.grpc:grpc-netty-shaded:${versions.grpc}`,
      `io.grpc:grpc-protobuf:${versions.grpc}`,
      `io.grpc:grpc-stub:${versions.grpc}`,
    ])
    await fetchArtifact(folder, `com.google.protobuf:protoc:${versions.protobuf}:exe:${platform}`)
    await fetchArtifact(folder, `io.grpc:protoc-gen-grpc-java:${versions.grpc}:exe:${platform}`)
  })

/**
 * Compiles GrpcClient.java with classes generated from the contracts, once for each version of them.
 * @returns the command that runs it, without its arguments
 * @throws Error where Maven has no compiler for this platform
 */
export const grpcClient = async (): Promise<readonly string[]> => {
  const platform = platforms[`${process.platform} ${process.arch}`]
  if (platform === undefined) throw new Error(`There is no protoc for ${process.platform}`)
  const home = await tools(platform)
  const sources = [program, ...files.map((name) => join(contracts, name))]
  const version = hash('sha256', sources.map((path) => readFileSync(path, 'utf8')).join(''), 'hex')
  const classes = await cached(`grpc-client-${version.slice(0, 12)}`, async (folder) => {
    const protoc = join(home, `protoc-${versions.protobuf}-${platform}.exe`)
    const plugin = join(home, `protoc-gen-grpc-java-${versions.grpc}-${platform}.exe`)
    for (const tool of [protoc, plugin]) await chmod(tool, 0o755)
    const out = [`--java_out=${folder}`, `--grpc-java_out=@generated=omit:${folder}`]
    const options = [`--plugin=protoc-gen-grpc-java=${plugin}`, `-I${contracts}`, ...out]
    await run(protoc, [...options, ...files], folder)
    await copyFile(program, join(folder, 'GrpcClient.java'))
    const paths = ['-cp', `${home}/*`, '-sourcepath', '.', 'GrpcClient.java']
    await run('javac', ['-proc:none', '-nowarn', ...paths], folder)
  })
  const quick = ['-XX:TieredStopAtLevel=1', '-Xshare:auto', '-Xmx128m']
  return ['java', ...quick, '-cp', `${classes}:${home}/*`, 'GrpcClient']
}
