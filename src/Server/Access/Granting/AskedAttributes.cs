using System.Text.Json;

namespace Castellan.Access.Granting;

/// <summary>
/// What somebody who asks for a decision tells about it: attributes of that one question, which conditions see under
/// <c>asked</c>. Properties and context are JSON objects.
/// </summary>
internal sealed record AskedAttributes(
    AskedEntity Subject, string Action, JsonElement ActionProperties, AskedEntity Resource, JsonElement Context);

/// <summary>A subject or a resource as it is told. The id is empty where a search leaves it out.</summary>
internal sealed record AskedEntity(string Type, string Id, JsonElement Properties);
