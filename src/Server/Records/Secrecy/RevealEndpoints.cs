using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Records.Secrecy;

/// <summary>
/// What secret properties hold, for an app's own server alone: never for a person's credential. Each time is in the
/// audit, without the values.
/// </summary>
internal sealed class RevealEndpoints(RecordAccess access, RecordStore store, SecretFields secrets) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<NameRecord, Revealed>(
            "records.reveal", "POST", RecordEndpoints.Route + "/{record}/reveal", NameRecord.Bind, Reveal,
            RecordsJson.Wire.Revealed)
        {
            Summary = "Read the secret properties of a record that the read rule lets through. Audited each time.",
            Grants = [Grant.Key], InTenantOfHeader = true, ShowsSecret = true,
        },
    ];

    private async ValueTask<Revealed> Reveal(WriteCall<NameRecord, Revealed> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        return await call.Change(async change =>
        {
            var id = call.Input.Record.Value;
            if (await store.Lock(change, at, id, RuleKind.Read) is not { MayRead: true } found)
                throw new Refusal(GateProblems.NotFound);
            var values = new JsonObject();
            foreach (var (field, stored) in await store.FindSecrets(change, at, id))
                values[field.Name] = stored is null ? null : secrets.Open(at.Scope.Tenant, id, field, stored);
            change.Audit(found.Record.Target, Snapshot.None, Snapshot.None);
            RecordFacts.Emit(change, at.Collection.Name, "record.revealed", found.Record);
            var json = JsonSerializer.SerializeToUtf8Bytes(values, RecordsJson.Wire.JsonObject);
            return new Revealed(id, new RawJson(json));
        });
    }
}

/// <summary>The secret properties of a record by their names; null where none is set.</summary>
internal sealed record Revealed(string Id, RawJson Secrets);
