import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiError } from '../../api/problem'
import { useErrorText } from '../../ui/useErrorText'
import { texts as frameTexts } from '../frame/texts'
import { useStepUpGuard } from '../frame/StepUpProvider'
import { consoleKey } from '../live/keys'
import { showToast } from './toast'

export type ActionOptions<Input, Result> = {
  /** Send the request. A repetition has the same key, so that the server does it once. */
  run: (input: Input, idempotencyKey: string) => Promise<Result>
  /** Return the message about the success, or null when the page itself shows it. */
  describe?: (result: Result, input: Input) => string | null
  onDone?: (result: Result, input: Input) => void
  /** The names of the queries that the action changes; all of the console by default. */
  changes?: readonly string[]
  /** The failure is shown by a dialog: no message beside it. */
  isQuiet?: boolean
}

/**
 * Return a mutation of the console. It asks for a fresh proof of identity when the server wants
 * one, repeats itself then, and says what came of it.
 */
export function useAction<Input, Result>({
  run,
  describe,
  onDone,
  changes,
  isQuiet = false,
}: ActionOptions<Input, Result>) {
  const guard = useStepUpGuard()
  const queryClient = useQueryClient()
  const errorText = useErrorText()
  const key = useRef<string | null>(null)
  const isRunning = useRef(false)
  const mutation = useMutation({
    mutationFn: (input: Input) => {
      key.current ??= createKey()
      const attempt = key.current
      return guard(() => run(input, attempt))
    },
    // Without a connection it fails at once: a change must not be made minutes after it was asked for.
    networkMode: 'always',
    onSuccess: (result, input) => {
      key.current = null
      const message = describe?.(result, input) ?? null
      if (message !== null) showToast('good', message)
      onDone?.(result, input)
    },
    onError: (error) => {
      // The server has answered: what comes next is another attempt.
      if (error instanceof ApiError && error.status < 500) key.current = null
      if (isQuiet) return
      const isCancelled = error instanceof ApiError && error.needsStepUp
      showToast('failed', isCancelled ? frameTexts.stepUpCancelled : errorText(error))
    },
    onSettled: () => {
      isRunning.current = false
      const keys = changes?.map((name) => consoleKey(name)) ?? [consoleKey()]
      for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey })
    },
  })
  const mutate = (input: Input) => {
    // The second half of a double click comes before the button is drawn as busy.
    if (isRunning.current) return
    isRunning.current = true
    mutation.mutate(input)
  }
  return { ...mutation, mutate }
}

function createKey(): string {
  // `crypto.randomUUID` exists on secure pages only.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
