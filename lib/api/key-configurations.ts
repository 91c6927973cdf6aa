import '#server-only'
import { Text } from '../base/json.ts'
import { inOneTransaction } from '../database/client.ts'
import {
  archiveKeyConfiguration,
  createKeyConfiguration,
  restoreKeyConfiguration,
  updateKeyConfiguration,
} from '../key-configurations/commands.ts'
import {
  getKeyConfigurationRecord,
  type KeyConfigurationRecordSort,
  listKeyConfigurationRecords,
} from '../key-configurations/records.ts'
import type { KeyConfigurationRecord } from '../key-configurations/schema.ts'
import { setExternalIds } from '../metadata/commands.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import {
  Changes,
  Create,
  checked,
  KeyConfiguration,
  type Settings,
  settingsOf,
  showKeyConfiguration,
} from './key-configuration-shape.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { archiveFilterOf, time, YesOrNo } from './wire.ts'

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (configuration) => configuration.createdAt },
  name: { by: 'name', kind: 'text', value: ({ settings }) => settings.name },
} satisfies Sorts<KeyConfigurationRecord, KeyConfigurationRecordSort>

const tag = 'Key configurations'
const write = ['catalogue.write'] as const

const archiveEndpoint = (
  verb: 'archive' | 'restore',
  change: typeof archiveKeyConfiguration,
  description: string,
): Endpoint =>
  endpoint({
    operation: `${verb}KeyConfiguration`,
    method: 'POST',
    path: `/key-configurations/{id}/${verb}`,
    tag,
    summary: verb === 'archive' ? 'Archive a key configuration' : 'Restore a key configuration',
    description,
    permissions: write,
    status: 200,
    answer: KeyConfiguration,
    run: async (client, { id: given, now }) => {
      const { id } = await getKeyConfigurationRecord(client, given)
      await change(client, { id }, now)
      return showKeyConfiguration(await getKeyConfigurationRecord(client, id))
    },
  })

export const keyConfigurationEndpoints = [
  endpoint({
    operation: 'listKeyConfigurations',
    method: 'GET',
    path: '/key-configurations',
    tag,
    summary: 'List key configurations',
    permissions: ['catalogue.read'],
    query: listQuery(sorts, {
      archived: YesOrNo.describe('true: only archived ones; false: only those in use.'),
      q: Text(200).optional().describe('Part of a name.'),
    }),
    status: 200,
    answer: pageOf('KeyConfigurationPage', KeyConfiguration),
    run: (client, { query }) =>
      readPage(
        query,
        sorts,
        (keyset) =>
          listKeyConfigurationRecords(client, { status: archiveFilterOf(query.archived), q: query.q }, keyset),
        showKeyConfiguration,
      ),
  }),
  endpoint({
    operation: 'createKeyConfiguration',
    method: 'POST',
    path: '/key-configurations',
    tag,
    summary: 'Create a key configuration',
    permissions: write,
    body: Create,
    example: {
      name: 'Editor, yearly',
      prefix: 'EDITOR',
      expiry: { kind: 'duration', count: 1, unit: 'year', from: 'issue' },
      limit_activations: 3,
    },
    status: 201,
    answer: KeyConfiguration,
    refuses: ['NOT_FOUND', 'CONFLICT'],
    run: async (client, { body, now }) => {
      const { external_ids, ...settings } = body
      const id = await inOneTransaction(
        async () => {
          const made = await createKeyConfiguration(client, checked(settings), now)
          const named = { id: made.id, externalIds: external_ids ?? [] }
          if (external_ids) await setExternalIds(client, 'key_configuration', named, now)
          return made.id
        },
        { keep: true },
      )
      return showKeyConfiguration(await getKeyConfigurationRecord(client, id))
    },
  }),
  endpoint({
    operation: 'getKeyConfiguration',
    method: 'GET',
    path: '/key-configurations/{id}',
    tag,
    summary: 'Get a key configuration',
    permissions: ['catalogue.read'],
    status: 200,
    answer: KeyConfiguration,
    run: async (client, { id }) => showKeyConfiguration(await getKeyConfigurationRecord(client, id)),
  }),
  endpoint({
    operation: 'updateKeyConfiguration',
    method: 'PATCH',
    path: '/key-configurations/{id}',
    tag,
    summary: 'Change a key configuration',
    description: 'What is left out stays. Keys that exist follow, except that their date of expiry stays.',
    permissions: write,
    body: Changes,
    example: { limit_activations: 5 },
    status: 200,
    answer: KeyConfiguration,
    refuses: ['CONFLICT'],
    run: async (client, { id: given, body, now }) => {
      const before = await getKeyConfigurationRecord(client, given)
      const { id } = before
      const { external_ids, ...changes } = body
      const settings = checked({ ...settingsOf(before.settings, before.timeZone), ...changes } as Settings)
      // Refused when somebody else changed it since it was read a moment ago: their change must not be undone.
      await inOneTransaction(
        async () => {
          await updateKeyConfiguration(client, { id, seenAt: time(before.updatedAt), ...settings }, now)
          const named = { id, externalIds: external_ids ?? [] }
          if (external_ids) await setExternalIds(client, 'key_configuration', named, now)
        },
        { keep: true },
      )
      return showKeyConfiguration(await getKeyConfigurationRecord(client, id))
    },
  }),
  archiveEndpoint(
    'archive',
    archiveKeyConfiguration,
    'No new keys come from it; existing keys keep working as before.',
  ),
  archiveEndpoint('restore', restoreKeyConfiguration, 'Lets keys be issued from it again.'),
]
