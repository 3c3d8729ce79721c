import { chore } from '../../../serving/chore.ts'

/** Moves bytes of files from the previous store to the present one, where there is a previous one. */
export const moveBlobs = chore({
  name: 'move-blobs',
  every: 60_000,
  run: async ({ blobs }) => {
    while (((await blobs.moveFromEarlier?.()) ?? 0) > 0);
  },
})
