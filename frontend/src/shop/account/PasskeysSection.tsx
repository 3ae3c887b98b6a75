import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client'
import { ApiError, ignoreAbsence } from '../../api/problem'
import type { PasskeyView } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { addPasskey, canUsePasskeys } from '../sign-in/passkeys'
import { describeDevice } from './device'
import { ListItem, ListSection, RemoveButton } from './ListSection'
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
    <>
      <ListSection
        title={texts.passkeys}
        lead={texts.passkeysLead}
        action={
          canUsePasskeys() && (
            <Button
              variant="default"
              size="sm"
              loading={add.isPending}
              onClick={() => add.mutate()}
            >
              {texts.addPasskey}
            </Button>
          )
        }
        list={passkeys}
        error={error}
        empty={canUsePasskeys() ? texts.noPasskeys : texts.noPasskeySupport}
        renderItem={(each) => (
          <PasskeyItem
            key={each.id}
            passkey={each}
            isRemoving={remove.isPending && remove.variables === each.id}
            onRemove={() => remove.mutate(each.id)}
          />
        )}
      />
      {dialog}
    </>
  )
}

type PasskeyItemProps = { passkey: PasskeyView; isRemoving: boolean; onRemove: () => void }

function PasskeyItem({ passkey, isRemoving, onRemove }: PasskeyItemProps) {
  const texts = useAccountTexts()
  const format = useFormat()
  const place = passkey.synced ? texts.synced : texts.local
  return (
    <ListItem
      name={passkey.name}
      facts={`${texts.added(format.day(passkey.createdAt))} · ${place}`}
    >
      <RemoveButton
        label={texts.remove}
        description={texts.removePasskey(passkey.name)}
        isBusy={isRemoving}
        onClick={onRemove}
      />
    </ListItem>
  )
}
