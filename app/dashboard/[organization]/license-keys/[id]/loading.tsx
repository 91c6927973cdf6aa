import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Skeleton, SkeletonText } from '#components/ui/skeleton.tsx'

/** The shape of a key's page while it is read. */
export default function Loading() {
  return (
    <>
      <PageHeader title={<Skeleton className="my-1 h-4 w-56" />} />
      <PageBody aside={<SkeletonText lines={8} />}>
        <Skeleton className="h-20 w-full rounded-card!" />
        <Skeleton className="h-48 w-full rounded-card!" />
        <Skeleton className="h-64 w-full rounded-card!" />
      </PageBody>
    </>
  )
}
