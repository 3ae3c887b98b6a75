import { ApiError, limitedUntil } from '../api/problem'
import { LimitText } from './ErrorText'
import { useFailureTexts } from './failureTexts'
import { useRefusalText } from './useErrorText'
import type { FailureKind } from './useFailure'

type FailureTextProps = { kind: FailureKind; error: unknown; seconds: number }

/** Say why something could not be loaded, and what happens next. */
export function FailureText({ kind, error, seconds }: FailureTextProps) {
  const texts = useFailureTexts()
  const refusalText = useRefusalText()
  if (kind === 'limited') return <LimitText error={error} until={limitedUntil(error) ?? 0} />
  const isRefused = kind === 'failed' && error instanceof ApiError && error.status < 500
  return (
    <>
      {isRefused ? refusalText(error) : texts.leads[kind]}
      {kind === 'maintenance' && (
        <span aria-hidden="true" className="tabular">
          {' '}
          {seconds > 0 ? texts.again(seconds) : texts.againNow}
        </span>
      )}
    </>
  )
}
