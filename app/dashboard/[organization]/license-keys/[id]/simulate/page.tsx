import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { maskedKey } from '#lib/key-strings/rules.ts'
import { simulateCall, simulationChoices } from '#lib/refusals/simulate.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { callOf, loadSimulationParams } from './params.ts'
import { SimulationForm } from './simulation-form.tsx'
import { Trace } from './trace.tsx'

export const metadata: Metadata = { title: 'Simulate a call' }

/** What a call about this key would come to, check by check. Nothing is changed by asking. */
export default async function SimulatePage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/license-keys/[id]/simulate'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const query = await loadSimulationParams(searchParams)
  const choices = await found(simulationChoices(merchant, id))
  const asked = callOf(query, choices.devices)
  const simulated = 'call' in asked ? await found(simulateCall(merchant, id, asked.call, now)) : null
  const here = { organization, id }
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'License keys', href: paths.licenseKeys({ organization }) },
          { label: maskedKey(choices.licenseKey), href: paths.licenseKey(here) },
        ]}
        title="Simulate a call"
        description="What software would be told about this key, and why. Nothing is counted, changed or sent."
      />
      <PageBody>
        <div className="@container">
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3.5 @4xl:grid-cols-[340px_minmax(0,1fr)]">
            <Card>
              <CardHeader title="The call" />
              <CardBody>
                <SimulationForm
                  // A link to another call fills the form anew.
                  key={JSON.stringify(query)}
                  action={paths.simulate(here)}
                  query={query}
                  errors={'errors' in asked ? asked.errors : {}}
                  now={now}
                  {...choices}
                />
              </CardBody>
            </Card>
            {simulated && <Trace {...simulated} verb={query.verb} timeZone={choices.timeZone} />}
          </div>
        </div>
      </PageBody>
    </>
  )
}
