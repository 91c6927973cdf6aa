import { apiUrl, double, onlyOf, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

/** With ureq, because the standard library has no HTTP. */
export const rust = (facts: SnippetFacts): string => `use serde_json::{json, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, process::Command};

const API: &str = ${double(apiUrl(facts))};
const ORGANIZATION_ID: &str = ${double(facts.organizationId)};
// ${whyOnly(facts)}
const ONLY: (&str, &str) = (${double(onlyOf(facts).field)}, ${double(onlyOf(facts).id)});
const GRACE_DAYS: u64 = ${SNIPPET_GRACE_DAYS}; // how long people may go on without an answer
const FILE: &str = "license.json"; // in your app: a file in its data folder
const NO_ANSWER: &str = "No answer. Check the connection and try again.";

/// May this copy be used, and the sentence to show.
type Outcome = (bool, String);

fn load() -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(FILE).ok()?).ok()
}

fn save(license: &Value) {
    if let Err(error) = fs::write(FILE, license.to_string()) {
        eprintln!("{error}");
    }
}

/// The answer; null when there is none: no network, a timeout, some proxy's page.
fn ask(call: &str, mut fields: Value) -> Value {
    fields["organization_id"] = json!(ORGANIZATION_ID);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .http_status_as_error(false) // 403, 404: an answer too
        .build()
        .into();
    let answer = agent
        .post(format!("{API}/{call}"))
        .send_json(&fields)
        .and_then(|mut response| response.body_mut().read_json::<Value>());
    answer.unwrap_or(Value::Null)
}

fn has_code(answer: &Value, codes: &[&str]) -> bool {
    answer["code"]
        .as_str()
        .is_some_and(|code| codes.contains(&code))
}

fn detail(answer: &Value) -> String {
    answer["detail"].as_str().unwrap_or(NO_ANSWER).into()
}

fn device_name() -> String {
    let output = Command::new("hostname").output();
    output.map_or("unknown".into(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().into()
    })
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// When somebody enters their key.
fn activate(key: &str) -> Outcome {
    // The fingerprint is whatever stays the same on a device.
    let device = device_name();
    let answer = ask(
        "activate",
        json!({ "key": key, "label": device, "fingerprint": device }),
    );
    // ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
    if !has_code(&answer, &["ACTIVATED", "ACTIVATIONS_OFF"]) {
        return (false, detail(&answer));
    }
    save(&json!({ "key": key, "activation_id": answer["id"], "good_at": 0 }));
    let outcome = check();
    if !outcome.0 {
        deactivate();
    }
    outcome
}

/// At every start, and once a day: may this copy be used?
fn check() -> Outcome {
    let Some(mut license) = load() else {
        return (false, "Enter a license key.".into());
    };
    let fields =
        json!({ "key": license["key"], "activation_id": license["activation_id"], ONLY.0: ONLY.1 });
    let answer = ask("validate", fields);
    if let Some(valid) = answer["valid"].as_bool() {
        license["good_at"] = json!(if valid { now() } else { 0 });
        save(&license);
        return (valid, detail(&answer));
    }
    // Anything else, also 429 and 503, is no "no": go on with the last good answer.
    if now().abs_diff(license["good_at"].as_u64().unwrap_or(0)) < GRACE_DAYS * 86_400 {
        return (true, "No answer now, but a good one lately.".into());
    }
    (
        false,
        "Connect to the internet to check the license.".into(),
    )
}

/// Frees this device's slot, for another computer.
fn deactivate() -> Outcome {
    if let Some(license) = load().filter(|license| license["activation_id"].is_string()) {
        let fields = json!({ "key": license["key"], "activation_id": license["activation_id"] });
        let answer = ask("deactivate", fields);
        if !has_code(
            &answer,
            &["DEACTIVATED", "ACTIVATION_NOT_FOUND", "NOT_FOUND", "REPLACED"],
        ) {
            return (false, detail(&answer));
        }
    }
    fs::remove_file(FILE).ok();
    (true, "This device is free.".into())
}

// Only to try it in a terminal.
fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (ok, why) = match arguments.first().map(String::as_str) {
        Some("activate") => activate(arguments.get(1).map_or("", String::as_str)),
        Some("deactivate") => deactivate(),
        _ => check(),
    };
    println!("{} {why}", if ok { "yes:" } else { "no:" });
}
`
