import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client'
import { serverNow } from '../../api/clock'
import { ignoreAbsence } from '../../api/problem'
import type { SessionView } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { StateBadge } from '../../ui/StateBadge'
import { describeDevice } from './device'
import { ListItem, ListSection, RemoveButton } from './ListSection'
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
  const hasOthers = (sessions.data?.length ?? 0) > 1
  return (
    <ListSection
      title={texts.sessions}
      lead={texts.sessionsLead}
      action={
        hasOthers && (
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
      list={sessions}
      error={endOthers.error ?? end.error}
      renderItem={(each) => (
        <SessionItem
          key={each.id}
          session={each}
          isEnding={end.isPending && end.variables === each.id}
          onEnd={() => end.mutate(each.id)}
        />
      )}
    />
  )
}

type SessionItemProps = { session: SessionView; isEnding: boolean; onEnd: () => void }

function SessionItem({ session, isEnding, onEnd }: SessionItemProps) {
  const texts = useAccountTexts()
  const format = useFormat()
  const [now] = useState(serverNow)
  const device = describeDevice(session.userAgent) ?? texts.unknownDevice
  return (
    <ListItem
      name={
        <>
          {device}
          {session.current && <StateBadge tone="good">{texts.current}</StateBadge>}
        </>
      }
      facts={[
        session.ipAddress,
        texts.since(format.moment(session.createdAt)),
        texts.lastUsed(format.ago(session.lastUsedAt, now)),
      ].join(' · ')}
    >
      {!session.current && (
        <RemoveButton
          label={texts.end}
          description={texts.endSession(device)}
          isBusy={isEnding}
          onClick={onEnd}
        />
      )}
    </ListItem>
  )
}
