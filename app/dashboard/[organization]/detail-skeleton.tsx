import { PageBody } from '#components/shell/page-body.tsx'
import { Skeleton, SkeletonText } from '#components/ui/skeleton.tsx'

/** The shape of a page about one thing while it is on its way. */
export function DetailSkeleton() {
  return (
    <div role="status" className="flex flex-1 flex-col">
      <span className="sr-only">Loading</span>
      <div className="flex items-center px-4 pt-[22px] pb-5 sm:px-6">
        <Skeleton className="h-4 w-64" />
      </div>
      <PageBody aside={<SkeletonText lines={6} />}>
        <Skeleton className="h-[70px] w-full rounded-card!" />
        <Skeleton className="h-64 w-full rounded-card!" />
        <Skeleton className="h-40 w-full rounded-card!" />
      </PageBody>
    </div>
  )
}
