import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client'
import { ignoreAbsence } from '../../api/problem'
import type { SessionView } from '../../api/types'
import { ErrorText } from '../../ui/ErrorText'
import { useFormat } from '../../ui/i18n/format'
import { LoadError } from '../../ui/LoadError'
import { Section } from '../../ui/Section'
import { StateBadge } from '../../ui/StateBadge'
import classes from './Account.module.css'
import { describeDevice } from './device'
import { sessionsQuery } from './queries'
import { useAccountTexts } from './texts'

/** The devices on which the person is signed in. */
export function SessionsSection() {
  const texts = useAccountTexts()
  const queryClient = useQueryClient()
  const sessions = useQuery(sessionsQuery)
  const refetch = () => queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })
  const endOthers = useMutation({
    mutationFn: () => call('DELETE /auth/sessions', { query: { except: 'current' } }),
    onSettled: refetch,
  })
  const end = useMutation({
    mutationFn: (sessionId: string) =>
      call('DELETE /auth/sessions/{sessionId}', { path: { sessionId } }).catch(ignoreAbsence),
    onSettled: refetch,
  })
  const error = endOthers.error ?? end.error
  return (
    <Section
      title={texts.sessions}
      lead={texts.sessionsLead}
      action={
        (sessions.data?.length ?? 0) > 1 && (
          <Button
            variant="default"
            size="sm"
            loading={endOthers.isPending}
            onClick={() => endOthers.mutate()}
          >
            {texts.endOthers}
          </Button>
        )
      }
    >
      {sessions.isPending && <Skeleton height={64} />}
      {sessions.isError && (
        <LoadError error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      <ErrorText error={error} />
      <ul className={classes.list}>
        {sessions.data?.map((each) => (
          <SessionItem
            key={each.id}
            session={each}
            isEnding={end.isPending && end.variables === each.id}
            onEnd={() => end.mutate(each.id)}
          />
        ))}
      </ul>
    </Section>
  )
}

type SessionItemProps = { session: SessionView; isEnding: boolean; onEnd: () => void }

function SessionItem({ session, isEnding, onEnd }: SessionItemProps) {
  const texts = useAccountTexts()
  const format = useFormat()
  const [now] = useState(() => Date.now())
  const device = describeDevice(session.userAgent) ?? texts.unknownDevice
  return (
    <li className={classes.item}>
      <div>
        <p className={classes.name}>
          {device}
          {session.current && <StateBadge tone="good">{texts.current}</StateBadge>}
        </p>
        <p className={classes.facts}>
          {session.ipAddress} · {texts.since(format.moment(session.createdAt))} ·{' '}
          {texts.lastUsed(format.ago(session.lastUsedAt, now))}
        </p>
      </div>
      {!session.current && (
        <Button
          variant="default"
          size="sm"
          loading={isEnding}
          aria-label={texts.endSession(device)}
          onClick={onEnd}
        >
          {texts.end}
        </Button>
      )}
    </li>
  )
}
