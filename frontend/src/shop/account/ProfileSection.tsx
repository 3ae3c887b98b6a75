import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client'
import { ApiError } from '../../api/problem'
import { userQuery } from '../../api/queries'
import type { Profile, UserView } from '../../api/types'
import { ErrorText } from '../../ui/ErrorText'
import { Section } from '../../ui/Section'
import { useFieldText } from '../../ui/useErrorText'
import classes from './Account.module.css'
import { useAccountTexts } from './texts'

type Field = keyof Profile

// The fields with what browsers call them, and whether they share a row.
const FIELDS: readonly { name: Field; autoComplete: string; wide?: boolean; type?: string }[] = [
  { name: 'firstName', autoComplete: 'given-name' },
  { name: 'lastName', autoComplete: 'family-name' },
  { name: 'username', autoComplete: 'nickname' },
  { name: 'phoneNumber', autoComplete: 'tel', type: 'tel' },
  { name: 'addressLine1', autoComplete: 'address-line1', wide: true },
  { name: 'addressLine2', autoComplete: 'address-line2', wide: true },
  { name: 'postalCode', autoComplete: 'postal-code' },
  { name: 'city', autoComplete: 'address-level2' },
  { name: 'state', autoComplete: 'address-level1' },
  { name: 'country', autoComplete: 'country-name' },
]

/** The person's name and address. Only what was changed is sent. */
export function ProfileSection({ user }: { user: UserView }) {
  const texts = useAccountTexts()
  const queryClient = useQueryClient()
  const [changes, setChanges] = useState<Profile>({})
  const save = useMutation({
    mutationFn: (body: Profile) => call('PATCH /auth/user', { body }),
    onSuccess: (saved) => {
      queryClient.setQueryData(userQuery.queryKey, saved)
      setChanges({})
    },
  })
  const fieldText = useFieldText()
  const fieldErrors = save.error instanceof ApiError ? save.error.fields : {}
  const hasFieldErrors = FIELDS.some(({ name }) => name in fieldErrors)
  return (
    <Section title={texts.profile} lead={texts.profileLead}>
      <form
        noValidate
        className={classes.fields}
        onSubmit={(event) => {
          event.preventDefault()
          if (!save.isPending) save.mutate(changes)
        }}
      >
        <TextInput
          className={classes.wide}
          label={texts.labels.email}
          description={texts.emailHint}
          value={user.email}
          readOnly
        />
        {FIELDS.map(({ name, autoComplete, wide = false, type = 'text' }) => (
          <TextInput
            key={name}
            className={wide ? classes.wide : undefined}
            label={texts.labels[name]}
            name={name}
            type={type}
            autoComplete={autoComplete}
            value={changes[name] ?? user[name]}
            error={fieldErrors[name] && fieldText(fieldErrors[name])}
            onChange={(event) => {
              setChanges({ ...changes, [name]: event.currentTarget.value })
              if (!save.isIdle) save.reset()
            }}
          />
        ))}
        <div className={classes.submit}>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={Object.keys(changes).length === 0}
          >
            {texts.save}
          </Button>
          {!hasFieldErrors && <ErrorText error={save.error} />}
          <span role="status" className={classes.saved}>
            {save.isSuccess && texts.saved}
          </span>
        </div>
      </form>
    </Section>
  )
}
