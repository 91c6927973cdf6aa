import { PageBody } from '#components/shell/page-body.tsx'
import { Skeleton, SkeletonText } from '#components/ui/skeleton.tsx'

const sections = ['a', 'b', 'c', 'd']

/** The shape of a long form while it is on its way. */
export function FormSkeleton() {
  return (
    <div role="status" className="flex flex-1 flex-col">
      <span className="sr-only">Loading</span>
      <div className="flex items-center px-4 pt-[22px] pb-5 sm:px-6">
        <Skeleton className="h-4 w-64" />
      </div>
      <PageBody aside={<SkeletonText lines={8} />}>
        {sections.map((section) => (
          <div key={section} className="grid gap-8 border-line border-t py-6 first:border-t-0 md:grid-cols-[216px_1fr]">
            <SkeletonText lines={2} />
            <Skeleton className="h-24 w-full rounded-card!" />
          </div>
        ))}
      </PageBody>
    </div>
  )
}
