import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import { isStatus } from '../../api/problem'
import { session } from '../../api/session'
import { Notice } from '../../ui/Notice'
import { Section } from '../../ui/Section'
import { Dialog } from '../../ui/Dialog'
import { ErrorText } from '../../ui/ErrorText'
import classes from './Account.module.css'
import { useAccountTexts } from './texts'

/** The person's data: download all of it, or delete the account. */
export function DataSection({ email }: { email: string }) {
  const texts = useAccountTexts()
  const [isDeleting, setDeleting] = useState(false)
  const download = useMutation({
    mutationFn: async () => {
      const data = await call('GET /auth/user/export')
      saveFile('projectx-export.json', JSON.stringify(data, null, 2))
    },
  })
  return (
    <Section
      title={texts.data}
      lead={texts.dataLead}
      action={
        <Button
          variant="default"
          size="sm"
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {texts.exportData}
        </Button>
      }
    >
      <ErrorText error={download.error} />
      <div className={classes.danger}>
        <h3>{texts.deleteTitle}</h3>
        <p>{texts.deleteLead}</p>
        <Button variant="outline" color="red" size="sm" onClick={() => setDeleting(true)}>
          {texts.deleteButton}
        </Button>
      </div>
      {isDeleting && <DeleteDialog email={email} onClose={() => setDeleting(false)} />}
    </Section>
  )
}

function DeleteDialog({ email, onClose }: { email: string; onClose: () => void }) {
  const texts = useAccountTexts()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const isConfirmed = typed.trim().toLowerCase() === email.toLowerCase()
  const erase = useMutation({
    mutationFn: () => call('DELETE /auth/user'),
    onSuccess: async () => {
      await navigate({ to: '/goodbye' })
      session.end()
    },
  })
  return (
    <Dialog title={texts.deleteTitle} onClose={onClose}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault()
          if (isConfirmed && !erase.isPending) erase.mutate()
        }}
      >
        <p>{texts.deleteLead}</p>
        <TextInput
          data-autofocus
          label={texts.deleteHow(email)}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {isStatus(erase.error, 409) ? (
          <Notice tone="waiting">
            {texts.deleteRefused} <Link to="/orders">{texts.seeOrders}</Link>
          </Notice>
        ) : (
          <ErrorText error={erase.error} />
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {texts.keep}
          </Button>
          <Button type="submit" color="red" loading={erase.isPending} disabled={!isConfirmed}>
            {texts.deleteConfirm}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function saveFile(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
