import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
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
      {prove.isError && (
        <p className={classes.error} role="alert">
          {texts.passkeyFailed}
        </p>
      )}
    </div>
  )
}
