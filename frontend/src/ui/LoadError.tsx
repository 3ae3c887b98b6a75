import { Button } from '@mantine/core'
import { FailureText } from './FailureText'
import { useFailureTexts } from './failureTexts'
import { focusHeading } from './focusHeading'
import classes from './LoadError.module.css'
import { Notice } from './Notice'
import type { Tone } from './StateBadge'
import { type FailureKind, useFailure } from './useFailure'

const TONES: Record<FailureKind, Tone> = {
  offline: 'waiting',
  maintenance: 'active',
  limited: 'waiting',
  failed: 'failed',
}

/** The place of something that could not be loaded, with a way to try again. */
export function LoadError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const texts = useFailureTexts()
  const { kind, seconds, requestId } = useFailure(error, onRetry)
  return (
    <Notice
      tone={TONES[kind]}
      title={texts.titles[kind]}
      action={
        <Button
          variant="default"
          size="sm"
          disabled={kind === 'limited' && seconds > 0}
          onClick={({ currentTarget }) => {
            focusHeading(currentTarget)
            onRetry()
          }}
        >
          {texts.retry}
        </Button>
      }
    >
      <FailureText kind={kind} error={error} seconds={seconds} />
      {kind === 'failed' && requestId !== '' && (
        <p className={classes.request}>
          {texts.request} <code>{requestId}</code>
        </p>
      )}
    </Notice>
  )
}
