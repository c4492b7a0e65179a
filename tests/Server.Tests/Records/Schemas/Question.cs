using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Records.Schemas;

/// <summary>
/// What a product asks of its records, twice: as a client sends it (<paramref name="Query"/>, the body of
/// records.query) and as plain SQL that gives ids, with the row rule of its caller written out.
/// </summary>
internal sealed record Question(string Name, string Collection, Caller Caller, string Query, Sql Sql)
{
    /// <summary>The tenant that is asked in; null for the one to the north.</summary>
    public string? Tenant { get; init; }

    /// <summary>The workspace that the call names.</summary>
    public string? Workspace { get; init; }

    /// <summary>Records of a page: all pages are walked.</summary>
    public int Page { get; init; } = 200;

    /// <summary>Only for who may see nothing: all others must find something, or they would prove nothing.</summary>
    public bool FindsNothing { get; init; }
}
