using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// What a request makes of a record's values: new ones, a merge patch of the stored ones, or a replacement.
/// </summary>
internal sealed class RecordRevisions
{
    /// <param name="call">Who writes where.</param>
    /// <param name="body">The properties.</param>
    /// <param name="at">Where they lie in the request's body: what problems point at.</param>
    public IReadOnlyList<SqlParameter> ReadNew(RecordCall call, JsonElement body, string at = "")
    {
        var problems = new List<FieldProblem>();
        var values = RecordReader.Read(call.Collection, body, withDefaults: true, SystemOfNew, problems);
        return problems.Count == 0
            ? values
            : throw Refused([.. problems.Select(p => p with { Pointer = at + p.Pointer })]);

        string? SystemOfNew(string column) => column switch
        {
            SystemColumns.TenantId => call.Scope.Tenant.Value,
            SystemColumns.WorkspaceId => call.Scope.Workspace?.Value,
            SystemColumns.OwnerId when call.Activation.Caller.Kind is CallerKind.User => call.Activation.Caller.Id,
            _ => null,
        };
    }

    public Revised Patch(RecordCall call, JsonElement patch, JsonElement stored, RecordDraft before) =>
        Revise(call, RecordReader.Merge(Properties(call, stored), patch), patch, before);

    public Revised Replace(RecordCall call, JsonElement body, RecordDraft before) => Revise(call, body, body, before);

    private static Revised Revise(RecordCall call, JsonElement next, JsonElement sent, RecordDraft before)
    {
        var problems = new List<FieldProblem>();
        var values = RecordReader.Read(
            call.Collection, next, withDefaults: false, column => System(before, column), problems);
        // A stored secret is not shown, so it is not sent back either; it stays.
        problems.RemoveAll(p => p.Code == "required"
            && call.Collection.Collection.Find(p.Pointer.TrimStart('/')) is { Secret: true });
        if (problems.Count > 0) throw Refused(problems);
        var secrets = call.Collection.Collection.Fields.Where(f => f.Secret && sent.TryGetProperty(f.Name, out _));
        return new Revised(before, values, secrets.Select(f => f.Name).ToHashSet());
    }

    /// <summary>The stored record without what the server sets and without nulls, as a patch sees it.</summary>
    private static JsonElement Properties(RecordCall call, JsonElement stored)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in stored.EnumerateObject().Where(m =>
                call.Collection.IndexOf(m.Name) >= 0 && m.Value.ValueKind is not JsonValueKind.Null))
            {
                member.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.ToArray());
    }

    private static string? System(RecordDraft before, string column) => column switch
    {
        SystemColumns.Id => before.Id,
        SystemColumns.TenantId => before.Tenant.Value,
        SystemColumns.WorkspaceId => before.Workspace,
        SystemColumns.OwnerId => before.Owner,
        SystemColumns.Version => before.Version.ToString(),
        SystemColumns.CreatedAt => Platform.Rfc3339.Format(before.CreatedAt),
        SystemColumns.UpdatedAt => Platform.Rfc3339.Format(before.UpdatedAt),
        _ => null,
    };

    private static Refusal Refused(List<FieldProblem> problems) => new(GateProblems.InputInvalid.With() with
    {
        Errors = [.. problems.Take(Platform.Limits.ProblemsPerBody)],
    });
}
