// Who sells in the demo, and what. Imports nothing that runs: scripts read the slugs before the environment is known.
import type { Prisma } from '#prisma/client.ts'

type Configuration = Omit<Prisma.KeyConfigurationCreateManyInput, 'id' | 'organizationId' | 'createdAt' | 'updatedAt'>
type Member = { email: string; name: string; role: 'owner' | 'admin' | 'support' | 'viewer' }

/** A merchant of the demo. */
export type Company = {
  slug: string
  name: string
  supportEmail: string
  websiteUrl: string
  members: [Member, ...Member[]]
  products: { name: string; description: string; grants: string[] }[]
  configurations: Configuration[]
}

/** Every member signs in with it; the demo listens on this machine only. */
export const demoPassword = 'inkwell-demo-2026'

/** The person who bought from both companies. */
export const demoCustomer = { email: 'aria@lindqvist.example', name: 'Aria Lindqvist' }

const configuration = (name: string, settings: Omit<Configuration, 'name'>): Configuration => ({ name, ...settings })

export const inkwell: Company = {
  slug: 'inkwell',
  name: 'Inkwell',
  supportEmail: 'help@inkwell.example',
  websiteUrl: 'https://inkwell.example',
  members: [
    { email: 'mara@inkwell.example', name: 'Mara Ellison', role: 'owner' },
    { email: 'jonas@inkwell.example', name: 'Jonas Weber', role: 'support' },
    { email: 'priya@inkwell.example', name: 'Priya Raman', role: 'viewer' },
  ],
  products: [
    {
      name: 'Inkwell Editor',
      description: 'The writing app for Mac, Windows and Linux.',
      grants: ['Editor, yearly'],
    },
    {
      name: 'Inkwell Team',
      description: 'Editor for a whole office, with shared style guides. Comes with API access.',
      grants: ['Team, 25 seats', 'API, metered'],
    },
    {
      name: 'Inkwell API',
      description: 'Typesetting as a service: Markdown in, print-ready PDF out.',
      grants: ['API, metered'],
    },
  ],
  configurations: [
    configuration('Editor, lifetime', {
      prefix: 'EDITOR',
      activationsMode: 'unlimited',
      version: '4.x',
      entitlements: ['export', 'sync'],
      instructions: `Thank you for writing with **Inkwell**.

1. [Download Inkwell](https://inkwell.example/download) for Mac, Windows or Linux and open it.
2. Choose **Settings → License** and paste the key.
3. Press **Activate**. Inkwell restarts once.

The key is yours for good and works on every computer you write on. Stuck? Write to help@inkwell.example.`,
    }),
    configuration('Editor, yearly', {
      prefix: 'EDITOR',
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'year',
      graceDays: 7,
      activationsMode: 'limited',
      activationLimit: 3,
      version: '4.x',
      entitlements: ['export', 'sync'],
      instructions: `Thank you for writing with **Inkwell**.

1. [Download Inkwell](https://inkwell.example/download) for Mac, Windows or Linux and open it.
2. Choose **Settings → License** and paste the key.
3. Press **Activate**. Inkwell restarts once.

The key works on **three computers** at a time. To move to a new one, choose **Settings → License → Sign this computer
out** on the old one, or free it on your purchases page.

After a year Inkwell keeps working for seven more days, so that a renewal never interrupts a deadline.`,
    }),
    configuration('Editor trial', {
      prefix: 'TRIAL',
      format: 'short',
      expiryKind: 'duration',
      durationCount: 14,
      durationUnit: 'day',
      expiryStart: 'first_activation',
      activationsMode: 'limited',
      activationLimit: 1,
      activationRequired: true,
      customerMayReplace: false,
      version: '4.x',
      entitlements: ['export'],
      instructions: `Fourteen days of everything, starting when you first activate.

1. Open Inkwell and choose **Start trial**.
2. Type the key; small letters, spaces and missing dashes are fine.

What you write stays yours when the trial is over: Inkwell then opens your files read-only.`,
    }),
    configuration('Team, 25 seats', {
      prefix: 'TEAM',
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'year',
      graceDays: 14,
      activationsMode: 'limited',
      activationLimit: 25,
      activationRequired: true,
      version: '4.x',
      entitlements: ['export', 'sync', 'style-guides'],
      instructions: `## For the person who sets up Inkwell

Every computer that runs Inkwell takes one of your **25 seats**.

- **By hand:** open Inkwell, choose **Settings → License**, paste the key.
- **For many computers:** put the key into \`inkwell.conf\` and roll it out with your management tool:

\`\`\`
[license]
key = TEAM_XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX
label = %COMPUTERNAME%
\`\`\`

Seats of computers that are gone can be freed on your purchases page at any time.`,
    }),
    configuration('API, metered', {
      prefix: 'API',
      activationsMode: 'off',
      usageLimit: 1_000,
      usageReset: 'month',
      entitlements: ['typeset'],
      instructions: `Send the key with each request:

\`\`\`
curl https://api.inkwell.example/v1/typeset -H "Authorization: Bearer API_…" --data-binary @book.md
\`\`\`

Each page counts as one use. **1,000 pages a month** are included; the count starts again on the first of the month (UTC).
Keep the key on your server: whoever has it spends your pages.`,
    }),
  ],
}

export const northfield: Company = {
  slug: 'northfield',
  name: 'Northfield',
  supportEmail: 'hello@northfield.example',
  websiteUrl: 'https://northfield.example',
  members: [{ email: 'otto@northfield.example', name: 'Otto Brandt', role: 'owner' }],
  products: [
    {
      name: 'Fieldnotes',
      description: 'A notebook for research far from any network.',
      grants: ['Fieldnotes, personal'],
    },
  ],
  configurations: [
    configuration('Fieldnotes, personal', {
      prefix: 'FIELD',
      format: 'short',
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'year',
      graceDays: 30,
      activationsMode: 'limited',
      activationLimit: 3,
      instructions: `Open Fieldnotes, tap **More → Unlock** and type the key. You need a network for that once; after it
Fieldnotes works without one for **thirty days at a time**.`,
    }),
  ],
}

/** Where each key of the printed summary stands: its order and its configuration. */
export const dedicatedKeys = {
  unlimited: { reference: '#10462', configuration: 'Editor, lifetime' },
  perpetual: { reference: '#10463', configuration: 'Editor, lifetime' },
  requiresActivation: { reference: '#10464', configuration: 'Team, 25 seats' },
  metered: { reference: '#10464', configuration: 'API, metered' },
  threeDevices: { reference: '#10485', configuration: 'Editor, yearly' },
  disabled: { reference: 'M-7C41E09AD2', configuration: 'Editor, yearly' },
  expired: { reference: 'M-1F83B62C5E', configuration: 'Editor, yearly' },
} as const
