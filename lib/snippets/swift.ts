import { apiUrl, double, onlyOf, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

/** As main.swift, whose top level may await. */
export const swift = (facts: SnippetFacts): string => `import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking // Linux
#endif

let api = ${double(apiUrl(facts))}
let organizationID = ${double(facts.organizationId)}
// ${whyOnly(facts)}
let only = [${double(onlyOf(facts).field)}: ${double(onlyOf(facts).id)}]
let graceDays = ${SNIPPET_GRACE_DAYS}.0 // how long people may go on without an answer
let file = URL(fileURLWithPath: "license.json") // in your app: below .applicationSupportDirectory
let noAnswer = "No answer. Check the connection and try again."

struct License: Codable {
    var key: String
    var activation_id: String?
    var good_at: Int
}

struct Answer: Decodable {
    var id: String?
    var valid: Bool?
    var code: String
    var detail: String?
}

typealias Outcome = (ok: Bool, why: String)

func load() -> License? {
    guard let data = try? Data(contentsOf: file) else { return nil }
    return try? JSONDecoder().decode(License.self, from: data)
}

func save(_ license: License) {
    try? JSONEncoder().encode(license).write(to: file, options: .atomic)
}

/// The answer; nil when there is none: no network, a timeout, some proxy's page.
func ask(_ call: String, _ fields: [String: String]) async -> Answer? {
    let body = fields.merging(["organization_id": organizationID]) { $1 }
    var request = URLRequest(url: URL(string: "\\(api)/\\(call)")!, timeoutInterval: 5)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = try? JSONEncoder().encode(body)
    guard let (data, _) = try? await URLSession.shared.data(for: request) else { return nil }
    return try? JSONDecoder().decode(Answer.self, from: data)
}

/// When somebody enters their key.
func activate(_ key: String) async -> Outcome {
    // The fingerprint is whatever stays the same on a device.
    let device = ProcessInfo.processInfo.hostName
    let answer = await ask("activate", ["key": key, "label": device, "fingerprint": device])
    // ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
    guard ["ACTIVATED", "ACTIVATIONS_OFF"].contains(answer?.code) else {
        return (false, answer?.detail ?? noAnswer)
    }
    save(License(key: key, activation_id: answer?.id, good_at: 0))
    let outcome = await check()
    if !outcome.ok { _ = await deactivate() }
    return outcome
}

/// At every start, and once a day: may this copy be used?
func check() async -> Outcome {
    guard var license = load() else { return (false, "Enter a license key.") }
    let now = Int(Date().timeIntervalSince1970)
    var fields = only.merging(["key": license.key]) { $1 }
    fields["activation_id"] = license.activation_id
    if let answer = await ask("validate", fields), let valid = answer.valid {
        license.good_at = valid ? now : 0
        save(license)
        return (valid, answer.detail ?? answer.code)
    }
    // Anything else, also 429 and 503, is no "no": go on with the last good answer.
    if Double(abs(now - license.good_at)) < graceDays * 86_400 {
        return (true, "No answer now, but a good one lately.")
    }
    return (false, "Connect to the internet to check the license.")
}

/// Frees this device's slot, for another computer.
func deactivate() async -> Outcome {
    if let license = load(), let id = license.activation_id {
        let answer = await ask("deactivate", ["key": license.key, "activation_id": id])
        guard ["DEACTIVATED", "ACTIVATION_NOT_FOUND", "NOT_FOUND", "REPLACED"].contains(answer?.code) else {
            return (false, answer?.detail ?? noAnswer)
        }
    }
    try? FileManager.default.removeItem(at: file)
    return (true, "This device is free.")
}

// Only to try it in a terminal.
let arguments = CommandLine.arguments
let outcome: Outcome
switch arguments.dropFirst().first {
case "activate": outcome = await activate(arguments.count > 2 ? arguments[2] : "")
case "deactivate": outcome = await deactivate()
default: outcome = await check()
}
print(outcome.ok ? "yes:" : "no:", outcome.why)
`
