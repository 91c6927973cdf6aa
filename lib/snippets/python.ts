import { apiUrl, double, onlyOf, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

export const python = (facts: SnippetFacts): string => `import http.client
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

API = ${double(apiUrl(facts))}
ORGANIZATION_ID = ${double(facts.organizationId)}
# ${whyOnly(facts)}
ONLY = {${double(onlyOf(facts).field)}: ${double(onlyOf(facts).id)}}
GRACE_DAYS = ${SNIPPET_GRACE_DAYS}  # how long people may go on without an answer
FILE = Path("license.json")  # in your app: a file in its data folder

def load():
    try:
        return json.loads(FILE.read_text())
    except (OSError, ValueError):
        return None

def save(license):
    FILE.write_text(json.dumps(license))

def ask(call, **fields):
    """The answer; empty when there is none: no network, a timeout, some proxy's page."""
    body = json.dumps({"organization_id": ORGANIZATION_ID, **fields}).encode()
    request = urllib.request.Request(f"{API}/{call}", body, {"Content-Type": "application/json"})
    try:
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:  # 403, 404: an answer too
            answer = json.load(error)
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    return answer if isinstance(answer, dict) else {}

def activate(key):
    """When somebody enters their key."""
    device = socket.gethostname()
    # The fingerprint is whatever stays the same on a device.
    answer = ask("activate", key=key, label=device, fingerprint=device)
    # ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
    if answer.get("code") not in ("ACTIVATED", "ACTIVATIONS_OFF"):
        return False, answer.get("detail", "No answer. Check the connection and try again.")
    save({"key": key, "activation_id": answer.get("id"), "good_at": 0})
    ok, why = check()
    if not ok:
        deactivate()
    return ok, why

def check():
    """At every start, and once a day: may this copy be used?"""
    license = load()
    if not license:
        return False, "Enter a license key."
    now = int(time.time())
    answer = ask("validate", key=license["key"], activation_id=license["activation_id"], **ONLY)
    if answer.get("valid") in (True, False):
        save({**license, "good_at": now if answer["valid"] else 0})
        return answer["valid"], answer["detail"]
    # Anything else, also 429 and 503, is no "no": go on with the last good answer.
    if abs(now - license["good_at"]) < GRACE_DAYS * 86400:
        return True, "No answer now, but a good one lately."
    return False, "Connect to the internet to check the license."

def deactivate():
    """Frees this device's slot, for another computer."""
    license = load()
    if license and license["activation_id"]:
        answer = ask("deactivate", key=license["key"], activation_id=license["activation_id"])
        if answer.get("code") not in ("DEACTIVATED", "ACTIVATION_NOT_FOUND", "NOT_FOUND", "REPLACED"):
            return False, answer.get("detail", "No answer. Check the connection and try again.")
    FILE.unlink(missing_ok=True)
    return True, "This device is free."

if __name__ == "__main__":  # only to try it in a terminal
    command, key = (sys.argv[1:] + ["", ""])[:2]
    ok, why = activate(key) if command == "activate" else deactivate() if command == "deactivate" else check()
    print("yes:" if ok else "no:", why)
`
