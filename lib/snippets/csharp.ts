import { apiUrl, double, onlyOf, whyOnly } from './quote.ts'
import { SNIPPET_GRACE_DAYS, type SnippetFacts } from './schema.ts'

export const csharp = (facts: SnippetFacts): string => `using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

// Only to try it in a terminal.
var (ok, why) = args.FirstOrDefault() switch
{
    "activate" => await License.Activate(args.ElementAtOrDefault(1) ?? ""),
    "deactivate" => await License.Deactivate(),
    _ => await License.Check(),
};
Console.WriteLine($"{(ok ? "yes" : "no")}: {why}");

public static class License
{
    const string Api = ${double(apiUrl(facts))};
    const string OrganizationId = ${double(facts.organizationId)};
    // ${whyOnly(facts)}
    const string OnlyField = ${double(onlyOf(facts).field)};
    const string OnlyId = ${double(onlyOf(facts).id)};
    const int GraceDays = ${SNIPPET_GRACE_DAYS}; // how long people may go on without an answer
    const string FileName = "license.json"; // in your app: below Environment.SpecialFolder.ApplicationData
    const string NoAnswer = "No answer. Check the connection and try again.";

    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    static JsonObject? Load()
    {
        try { return JsonNode.Parse(File.ReadAllText(FileName)) as JsonObject; }
        catch (Exception error) when (error is IOException or JsonException) { return null; }
    }

    static void Save(JsonObject license) => File.WriteAllText(FileName, license.ToJsonString());

    /// <summary>The answer; null when there is none: no network, a timeout, some proxy's page.</summary>
    static async Task<JsonObject?> Ask(string call, JsonObject fields)
    {
        fields["organization_id"] = OrganizationId;
        try
        {
            using var response = await Http.PostAsJsonAsync($"{Api}/{call}", fields);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync()) as JsonObject;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }

    static string Text(JsonObject? answer, string name) => answer?[name]?.GetValue<string>() ?? "";

    static string Detail(JsonObject? answer) => answer?["detail"]?.GetValue<string>() ?? NoAnswer;

    /// <summary>When somebody enters their key.</summary>
    public static async Task<(bool Ok, string Why)> Activate(string key)
    {
        // The fingerprint is whatever stays the same on a device.
        var device = Environment.MachineName;
        var answer = await Ask("activate", new() { ["key"] = key, ["label"] = device, ["fingerprint"] = device });
        // ACTIVATIONS_OFF: this key takes no devices, so it is validated without one.
        if (Text(answer, "code") is not ("ACTIVATED" or "ACTIVATIONS_OFF")) return (false, Detail(answer));
        Save(new() { ["key"] = key, ["activation_id"] = answer?["id"]?.DeepClone(), ["good_at"] = 0 });
        var result = await Check();
        if (!result.Ok) await Deactivate();
        return result;
    }

    /// <summary>At every start, and once a day: may this copy be used?</summary>
    public static async Task<(bool Ok, string Why)> Check()
    {
        if (Load() is not { } license) return (false, "Enter a license key.");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var answer = await Ask("validate", new()
        {
            ["key"] = license["key"]?.DeepClone(),
            ["activation_id"] = license["activation_id"]?.DeepClone(),
            [OnlyField] = OnlyId,
        });
        if (answer?["valid"]?.GetValue<bool>() is { } valid)
        {
            license["good_at"] = valid ? now : 0;
            Save(license);
            return (valid, Detail(answer));
        }
        // Anything else, also 429 and 503, is no "no": go on with the last good answer.
        return Math.Abs(now - (license["good_at"]?.GetValue<long>() ?? 0)) < GraceDays * 86400
            ? (true, "No answer now, but a good one lately.")
            : (false, "Connect to the internet to check the license.");
    }

    /// <summary>Frees this device's slot, for another computer.</summary>
    public static async Task<(bool Ok, string Why)> Deactivate()
    {
        if (Load() is { } license && license["activation_id"] is { } activationId)
        {
            var answer = await Ask("deactivate", new()
            {
                ["key"] = license["key"]?.DeepClone(),
                ["activation_id"] = activationId.DeepClone(),
            });
            if (Text(answer, "code") is not ("DEACTIVATED" or "ACTIVATION_NOT_FOUND" or "NOT_FOUND" or "REPLACED"))
                return (false, Detail(answer));
        }
        File.Delete(FileName);
        return (true, "This device is free.");
    }
}
`
