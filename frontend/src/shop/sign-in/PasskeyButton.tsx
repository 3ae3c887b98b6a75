import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ApiError, NetworkError } from '../../api/problem'
import { ErrorText } from '../../ui/ErrorText'
import { KeyIcon } from '../../ui/icons'
import { canUsePasskeys, provePasskey } from './passkeys'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

type Proof = NonNullable<Awaited<ReturnType<typeof provePasskey>>>

/** The button that proves a passkey, in browsers that have them. */
export function PasskeyButton({ onProof }: { onProof: (proof: Proof) => Promise<void> }) {
  const texts = useSignInTexts()
  const prove = useMutation({
    mutationFn: async () => {
      const proof = await provePasskey()
      if (proof !== null) await onProof(proof)
    },
  })
  if (!canUsePasskeys()) return null
  return (
    <div className={classes.passkey}>
      <p className={classes.or}>{texts.or}</p>
      <Button
        variant="default"
        fullWidth
        leftSection={<KeyIcon />}
        loading={prove.isPending}
        onClick={() => prove.mutate()}
      >
        {texts.passkey}
      </Button>
      <div className={classes.refused}>
        {isRefusal(prove.error) ? (
          <p role="alert">{texts.passkeyFailed}</p>
        ) : (
          <ErrorText error={prove.error} />
        )}
      </div>
    </div>
  )
}

/** Return whether the passkey itself was not accepted, by the server or by the browser. */
function isRefusal(error: Error | null): boolean {
  if (error instanceof ApiError) return error.status < 500 && error.status !== 429
  return error !== null && !(error instanceof NetworkError)
}
