import { signer } from '../../../platform/security/signed-text.ts'
import type { StagedBlob } from '../../../platform/storage/blobs/port.ts'
import { oncePerPorts } from '../../../serving/ports.ts'
import { blobIdOf, type BlobId } from '../language.ts'

/** The secret that ids of bytes are derived by. */
export type BlobIdPorts = { readonly keys: { readonly secretFor: (purpose: string) => Buffer } }

const hashSigner = oncePerPorts(({ keys }: BlobIdPorts) => signer(keys.secretFor('blobs')))

/** Returns the id of received bytes: the same for the same bytes. */
export const blobIdIn = (ports: BlobIdPorts, { sha256 }: Pick<StagedBlob, 'sha256'>): BlobId =>
  blobIdOf(hashSigner(ports).sign(sha256))
