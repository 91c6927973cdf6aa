'use client'
import { FileUp, X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type DragEvent, useId, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardRow } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { FormError } from '#components/ui/form-error.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Progress } from '#components/ui/progress.tsx'
import { PART_BYTES, UPLOAD_BYTES_MAX } from '#lib/imports/upload.ts'
import type { FormAction, FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { closeUpload, openUpload, sendPart } from '../actions.ts'

/** Chooses files and uploads them piece by piece, so that a slow connection shows how far it is. */
export function UploadForm({ organization }: { organization: string }) {
  const router = useRouter()
  const id = useId()
  const [files, setFiles] = useState<File[]>([])
  const [isOver, setIsOver] = useState(false)
  const [sent, setSent] = useState<number | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const tooLarge = total > UPLOAD_BYTES_MAX
  const uploading = sent !== null

  const choose = (more: FileList | null) => {
    setProblem(null)
    setFiles((before) => [
      ...before.filter((file) => ![...(more ?? [])].some((other) => other.name === file.name)),
      ...(more ?? []),
    ])
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    if (!uploading) choose(event.dataTransfer.files)
  }

  async function upload() {
    setProblem(null)
    setSent(0)
    try {
      const list = JSON.stringify(files.map(({ name, size }) => ({ name, size })))
      const opened = await call(openUpload, { organization, files: list })
      const { importId } = opened as { importId: string }
      for (const [at, file] of files.entries()) {
        for (let part = 0; part * PART_BYTES < file.size; part++) {
          const piece = file.slice(part * PART_BYTES, (part + 1) * PART_BYTES)
          await call(sendPart, {
            organization,
            importId,
            file: String(at),
            part: String(part),
            bytes: await base64(piece),
          })
          setSent((before) => (before ?? 0) + piece.size)
        }
      }
      await call(closeUpload, { organization, importId })
      router.push(paths.oneImport({ organization, id: importId }))
    } catch (error) {
      setSent(null)
      setProblem(error instanceof Sentence ? error.message : 'The upload was cut off. Try again.')
    }
  }

  return (
    <div className="grid gap-4">
      <label
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        className={cx(
          'grid justify-items-center gap-1.5 rounded-card border border-edge/60 border-dashed bg-panel px-6 py-10 text-center transition-colors has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2',
          isOver ? 'border-ring bg-accentbg' : 'hover:border-edge',
        )}
      >
        <FileUp size={20} aria-hidden="true" className="mb-1 text-mute" />
        <span className="font-medium">Choose files, or drop them here</span>
        <span className="max-w-[56ch] text-pretty text-mute">
          CSV or JSON with your license keys. If a vendor exports devices or customers separately, choose those files
          too.
        </span>
        <input
          id={id}
          type="file"
          multiple
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson"
          className="sr-only"
          disabled={uploading}
          onChange={(event) => {
            choose(event.target.files)
            event.target.value = ''
          }}
        />
      </label>
      {files.length > 0 && (
        <Card>
          <CardHeader title={files.length === 1 ? 'File' : 'Files'}>{sizeText(total)}</CardHeader>
          {files.map((file) => (
            <CardRow key={file.name} title={file.name}>
              <span className="text-mute">{sizeText(file.size)}</span>
              <IconButton
                label={`Remove ${file.name}`}
                disabled={uploading}
                onClick={() => setFiles((before) => before.filter((other) => other !== file))}
              >
                <X size={14} aria-hidden="true" />
              </IconButton>
            </CardRow>
          ))}
          {uploading && (
            <CardBody>
              <Progress label="Uploaded" value={sent} max={total} />
              <p role="status" className="mt-2 text-mute text-sm">
                {sent < total ? `${sizeText(sent)} of ${sizeText(total)}` : 'Reading the columns…'}
              </p>
            </CardBody>
          )}
        </Card>
      )}
      <FormError>
        {tooLarge
          ? `Files of more than ${sizeText(UPLOAD_BYTES_MAX)} together are imported on the server: npm run import -- FILE`
          : problem}
      </FormError>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          variant="primary"
          loading={uploading}
          disabledReason={files.length === 0 ? 'Choose a file first' : tooLarge && 'The files are too large'}
          onClick={upload}
        >
          Upload
        </Button>
        <p className="text-mute text-sm">
          Nothing is imported until you have seen what would happen. Exports from Polar, Dodo Payments, Lemon Squeezy,
          Gumroad, Keygen, and Latchkey are recognized.
        </p>
      </div>
    </div>
  )
}

/** A sentence from the server, meant for people. */
class Sentence extends Error {}

async function call(action: FormAction, fields: Record<string, string>): Promise<FormState['result']> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  const state = await action({ status: 'idle' }, form)
  if (state.status !== 'ok') throw new Sentence(Object.values(state.errors ?? {})[0]?.[0] ?? state.message)
  return state.result
}

async function base64(piece: Blob): Promise<string> {
  const bytes = new Uint8Array(await piece.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(text)
}

const sizeText = (bytes: number): string =>
  bytes < 1_048_576
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1_048_576).toFixed(1).replace('.0', '')} MB`
