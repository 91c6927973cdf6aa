import { Steps } from '#components/ui/steps.tsx'

const steps = [
  { id: 'file', label: 'File' },
  { id: 'columns', label: 'Columns' },
  { id: 'check', label: 'Check' },
  { id: 'import', label: 'Import' },
] as const

/** Where an import stands. */
export const ImportSteps = ({ current }: { current: (typeof steps)[number]['id'] }) => (
  <Steps steps={steps} current={current} />
)
