using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Castellan.Platform.Json;

namespace Castellan.Access.Granting;

/// <summary>
/// What somebody who asks for a decision tells about it: attributes of that one question, which conditions see under
/// <c>asked</c>. Properties and context are JSON objects.
/// </summary>
internal sealed record AskedAttributes(
    AskedEntity Subject, string Action, JsonElement ActionProperties, AskedEntity Resource, JsonElement Context)
{
    /// <summary>SHA-256 of all of it, in one form.</summary>
    public string Digest()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in new[] { Subject.Type, Subject.Id, Action, Resource.Type, Resource.Id })
            sha.AppendData(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(text)}:{text}"));
        foreach (var value in new[] { Subject.Properties, ActionProperties, Resource.Properties, Context })
            sha.AppendData(CanonicalJson.Write(value));
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}

/// <summary>A subject or a resource as it is told. The id is empty where a search leaves it out.</summary>
internal sealed record AskedEntity(string Type, string Id, JsonElement Properties);
