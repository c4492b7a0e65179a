using System.Text.Json;
using Castellan.Contracts;
using Castellan.Platform.Cel;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// A record before it is stored, as rules see it: typed values in the order of the collection's fields, and what the
/// server sets.
/// </summary>
internal sealed record RecordDraft(
    CompiledCollection Collection, TenantId Tenant, string Id, string? Workspace, string? Owner, long Version,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<SqlParameter> Values) : ICelObject
{
    /// <summary>Why memory alone cannot say what a part of a rule comes to.</summary>
    public const string LooksElsewhere = "leads to another record, which is not followed here.";

    public CelObjectType Type => Collection.RecordType;

    public SqlParameter this[Field field] => Values[Collection.IndexOf(field.Name)];

    public CelValue Field(CelField field) => field.Name switch
    {
        SystemColumns.Id => CelValue.OfKnown(Id),
        SystemColumns.TenantId => CelValue.OfKnown(Tenant.Value),
        SystemColumns.WorkspaceId => CelValue.Of(Workspace),
        SystemColumns.OwnerId => CelValue.Of(Owner),
        SystemColumns.Version => CelValue.Of(Version),
        SystemColumns.CreatedAt => CelValue.Of(CreatedAt),
        SystemColumns.UpdatedAt => CelValue.Of(UpdatedAt),
        _ when Collection.IndexOf(field.Name) is var at and >= 0 => Value(Collection.Collection.Fields[at], Values[at]),
        _ => CelValue.Fail($"{field.Name} {LooksElsewhere}"),
    };

    /// <summary>
    /// As a row named <c>r</c>, for rules that follow references: what is not stored yet is asked like what is.
    /// </summary>
    public Sql AsRow()
    {
        Sql row = $"""
            select {Id} as "id", {Tenant} as "tenant_id", {Workspace} as "workspace_id", {Owner} as "owner_id",
                {Version} as "version", {CreatedAt} as "created_at", {UpdatedAt} as "updated_at"
            """;
        for (var i = 0; i < Values.Count; i++)
        {
            var field = Collection.Collection.Fields[i];
            if (!field.Secret) row = $"{row}, {Values[i]} as {field.Column}";
        }
        return $"({row}) r";
    }

    private static CelValue Value(Field field, SqlParameter value)
    {
        if (value.IsNull) return CelValue.Null;
        return field.Type switch
        {
            FieldType.String => CelValue.Of((string)value.Object!),
            FieldType.Integer => CelValue.Of(value.Number),
            FieldType.Number => CelValue.Of(BitConverter.Int64BitsToDouble(value.Number)),
            FieldType.Boolean => CelValue.Of(value.Number != 0),
            FieldType.Timestamp => CelValue.Of(DateTimeOffset.FromUnixTimeMilliseconds(value.Number)),
            _ => CelJson.Of(JsonElement.Parse((string)value.Object!)),
        };
    }
}
