import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client'
import { ApiError, ignoreAbsence } from '../../api/problem'
import type { PasskeyView } from '../../api/types'
import { ErrorText } from '../../ui/ErrorText'
import { useFormat } from '../../ui/i18n/format'
import { LoadError } from '../../ui/LoadError'
import { Section } from '../../ui/Section'
import { addPasskey, canUsePasskeys } from '../sign-in/passkeys'
import classes from './Account.module.css'
import { describeDevice } from './device'
import { passkeysQuery } from './queries'
import { useStepUp } from './StepUpDialog'
import { useAccountTexts } from './texts'

/** The passkeys of the person: add one, remove one. */
export function PasskeysSection({ email }: { email: string }) {
  const texts = useAccountTexts()
  const queryClient = useQueryClient()
  const passkeys = useQuery(passkeysQuery)
  const { guard, dialog } = useStepUp(email)
  const refetch = () => queryClient.invalidateQueries({ queryKey: passkeysQuery.queryKey })
  const add = useMutation({
    mutationFn: () => guard(() => addPasskey(describeDevice(navigator.userAgent) ?? 'Passkey')),
    onSettled: refetch,
  })
  const remove = useMutation({
    mutationFn: (passkeyId: string) =>
      guard(() =>
        call('DELETE /auth/passkeys/{passkeyId}', { path: { passkeyId } }).catch(ignoreAbsence),
      ),
    onSettled: refetch,
  })
  // The person has closed the dialog: they know why nothing happened.
  const error = [add.error, remove.error].find(
    (each) => each !== null && !(each instanceof ApiError && each.needsStepUp),
  )
  return (
    <Section
      title={texts.passkeys}
      lead={texts.passkeysLead}
      action={
        canUsePasskeys() && (
          <Button variant="default" size="sm" loading={add.isPending} onClick={() => add.mutate()}>
            {texts.addPasskey}
          </Button>
        )
      }
    >
      {passkeys.isPending && <Skeleton height={64} />}
      {passkeys.isError && (
        <LoadError error={passkeys.error} onRetry={() => void passkeys.refetch()} />
      )}
      <ErrorText error={error} />
      {passkeys.data?.length === 0 && (
        <p className={classes.facts}>
          {canUsePasskeys() ? texts.noPasskeys : texts.noPasskeySupport}
        </p>
      )}
      <ul className={classes.list}>
        {passkeys.data?.map((each) => (
          <PasskeyItem
            key={each.id}
            passkey={each}
            isRemoving={remove.isPending && remove.variables === each.id}
            onRemove={() => remove.mutate(each.id)}
          />
        ))}
      </ul>
      {dialog}
    </Section>
  )
}

type PasskeyItemProps = { passkey: PasskeyView; isRemoving: boolean; onRemove: () => void }

function PasskeyItem({ passkey, isRemoving, onRemove }: PasskeyItemProps) {
  const texts = useAccountTexts()
  const format = useFormat()
  return (
    <li className={classes.item}>
      <div>
        <p className={classes.name}>{passkey.name}</p>
        <p className={classes.facts}>
          {texts.added(format.day(passkey.createdAt))} ·{' '}
          {passkey.synced ? texts.synced : texts.local}
        </p>
      </div>
      <Button
        variant="default"
        size="sm"
        loading={isRemoving}
        aria-label={texts.removePasskey(passkey.name)}
        onClick={onRemove}
      >
        {texts.remove}
      </Button>
    </li>
  )
}
