import { ApiProblem } from '../api/problem.ts'
import { useTexts } from '../i18n/language.tsx'
import { fileUploadTexts } from './file-upload-texts.ts'
import { useProblemText } from './problem-text.ts'

/** Returns how a refused file is explained. */
export const useUploadFault = (): ((error: Error) => string) => {
  const t = useTexts(fileUploadTexts)
  const problemText = useProblemText()
  const byCode: Readonly<Record<string, string>> = {
    too_large: t.tooLarge,
    too_many_pixels: t.tooManyPixels,
    unsupported_media_type: t.wrongKind,
    no_space_left: t.noSpace,
    unreadable: t.unreadable,
    not_decodable: t.unreadable,
    rejected: t.unreadable,
  }
  return (error) =>
    (error instanceof ApiProblem ? byCode[error.code] : undefined) ?? problemText(error)
}
