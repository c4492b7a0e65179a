using System.Text;
using Castellan.Contracts;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Records.Secrecy;

/// <summary>
/// Secret properties at rest: AES-256-GCM under a key of the installation, bound to the record and the property, so
/// that one cannot be moved to another row.
/// </summary>
internal sealed class SecretFields(Secrets secrets)
{
    private const string Purpose = "record-secret";

    /// <summary>The draft with its secrets encrypted, as it is stored.</summary>
    public RecordDraft Sealed(RecordDraft draft)
    {
        if (!draft.Collection.Collection.HasSecrets) return draft;
        var values = draft.Values.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var field = draft.Collection.Collection.Fields[i];
            if (!field.Secret) continue;
            values[i] = values[i].Object is string text
                ? SqlParameter.Of(secrets.Encrypt(
                    Purpose, Encoding.UTF8.GetBytes(text), Bound(draft.Tenant, draft.Id, field)))
                : SqlParameter.Null(SqlType.Bytes);
        }
        return draft with { Values = values };
    }

    public string Open(TenantId tenant, string record, Field field, byte[] stored) =>
        Encoding.UTF8.GetString(secrets.Decrypt(Purpose, stored, Bound(tenant, record, field)));

    private static string Bound(TenantId tenant, string record, Field field) => $"{tenant}/{record}/{field.Name}";
}
