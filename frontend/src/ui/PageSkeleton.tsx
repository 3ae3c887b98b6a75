import { Skeleton, Stack } from '@mantine/core'

/** The place of a page whose code is being loaded. */
export function PageSkeleton() {
  return (
    <Stack gap="lg" aria-hidden="true" mih="70vh" mt="xl">
      <Skeleton height={44} width="40%" />
      <Skeleton height={20} width="65%" />
      <Skeleton height={320} radius="lg" />
    </Stack>
  )
}
