import { createLoader, parseAsStringLiteral } from 'nuqs/server'
import { spanNames } from '#lib/overview/plain.ts'

/** The address of the overview: how far back its charts reach. */
export const loadOverviewParams = createLoader({ span: parseAsStringLiteral(spanNames).withDefault('fortnight') })
