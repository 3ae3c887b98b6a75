import { call } from '../../api/client'
import type { OperatorLoginView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { useAction } from '../parts/useAction'
import { texts } from './texts'

/** The button that emails a new code, with the reason why that is not possible. */
export function ResendButton({ login }: { login: OperatorLoginView }) {
  const roleRefusal = useRefusal('staff')
  const resend = useAction({
    run: () =>
      call('POST /admin/logins/{loginId}/resend', { path: { loginId: login.id }, body: {} }),
    describe: () => texts.resent(login.email),
  })
  if (!login.canResend) return null
  return (
    <Button
      refusal={roleRefusal}
      isBusy={resend.isPending}
      onClick={() => resend.mutate(undefined)}
    >
      {texts.resend}
    </Button>
  )
}
