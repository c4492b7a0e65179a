namespace Castellan.Platform.JsonSchema;

/// <summary>
/// One way in which an instance, or a schema itself, is wrong. <paramref name="Pointer"/> is an RFC 6901 pointer into
/// it; for a schema that refers to other documents, the document's URI and '#' stand before it. The code is stable;
/// detail and fix are sentences for the person who wrote the instance.
/// </summary>
internal sealed record SchemaFailure(string Pointer, string Code, string Detail, string Fix);
