import { apiUrl, onlyOf, single, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

export const php = (facts: SnippetFacts): string => `<?php
declare(strict_types=1);

const API = ${single(apiUrl(facts))};
const ORGANIZATION_ID = ${single(facts.organizationId)};
// ${whyOnly(facts)}
const ONLY = [${single(onlyOf(facts).field)} => ${single(onlyOf(facts).id)}];
const GRACE_DAYS = ${SNIPPET_GRACE_DAYS}; // how long people may go on without an answer
const FILE = 'license.json'; // in a plugin: an option of the site
const NO_ANSWER = 'No answer. Check the connection and try again.';

function load(): ?array
{
    return is_file(FILE) ? json_decode(file_get_contents(FILE), true) : null;
}

function save(array $license): void
{
    file_put_contents(FILE, json_encode($license));
}

/** The answer; empty when there is none: no network, a timeout, some proxy's page. */
function ask(string $call, array $fields): array
{
    $curl = curl_init(API . '/' . $call);
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => json_encode(['organization_id' => ORGANIZATION_ID] + $fields),
        CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 5,
    ]);
    $answer = json_decode((string) curl_exec($curl), true);
    return is_array($answer) ? $answer : [];
}

/** When somebody enters their key. */
function activate(string $key): array
{
    // The fingerprint is whatever stays the same on a device; for a plugin the site's address.
    $device = gethostname();
    $answer = ask('activate', ['key' => $key, 'label' => $device, 'fingerprint' => $device]);
    // ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
    if (!in_array($answer['code'] ?? '', ['ACTIVATED', 'ACTIVATIONS_OFF'], true)) {
        return [false, $answer['detail'] ?? NO_ANSWER];
    }
    save(['key' => $key, 'activation_id' => $answer['id'] ?? null, 'good_at' => 0]);
    [$ok, $why] = check();
    if (!$ok) {
        deactivate();
    }
    return [$ok, $why];
}

/** Once a day: may this copy be used? */
function check(): array
{
    $license = load();
    if (!$license) {
        return [false, 'Enter a license key.'];
    }
    $answer = ask('validate', ['key' => $license['key'], 'activation_id' => $license['activation_id']] + ONLY);
    if (is_bool($answer['valid'] ?? null)) {
        save(['good_at' => $answer['valid'] ? time() : 0] + $license);
        return [$answer['valid'], $answer['detail']];
    }
    // Anything else, also 429 and 503, is no "no": go on with the last good answer.
    if (abs(time() - $license['good_at']) < GRACE_DAYS * 86400) {
        return [true, 'No answer now, but a good one lately.'];
    }
    return [false, 'Connect to the internet to check the license.'];
}

/** Frees this device's slot, for another computer. */
function deactivate(): array
{
    $license = load();
    if ($license && $license['activation_id']) {
        $answer = ask('deactivate', ['key' => $license['key'], 'activation_id' => $license['activation_id']]);
        if (!in_array($answer['code'] ?? '', ['DEACTIVATED', 'ACTIVATION_NOT_FOUND', 'NOT_FOUND', 'REPLACED'], true)) {
            return [false, $answer['detail'] ?? NO_ANSWER];
        }
    }
    if (is_file(FILE)) {
        unlink(FILE);
    }
    return [true, 'This device is free.'];
}

// Only to try it in a terminal.
[$ok, $why] = match ($argv[1] ?? '') {
    'activate' => activate($argv[2] ?? ''),
    'deactivate' => deactivate(),
    default => check(),
};
echo $ok ? 'yes: ' : 'no: ', $why, PHP_EOL;
`
