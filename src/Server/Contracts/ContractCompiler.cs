using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Contracts;

/// <summary>
/// Turns a document into a contract that can be worked with, or into all its problems at once: its shape by the
/// published schema, its names by <see cref="ContractReader"/>, its schemas and rules by compiling them.
/// </summary>
internal sealed class ContractCompiler
{
    /// <summary>Lower-case hex of the SHA-256 of the document's canonical form (RFC 8785).</summary>
    public static string HashOf(JsonElement document) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(document)));

    /// <summary>The contract of a document, or the refusal that lists its problems.</summary>
    public Contract Compile(JsonElement document)
    {
        var (contract, problems) = ContractReader.Read(document);
        return problems.Count == 0
            ? contract
            : throw new Refusal(ContractErrors.Invalid.With() with { Errors = problems });
    }

    /// <summary>A version that was applied, and so is known to be good.</summary>
    public ContractInForce Trusted(ContractVersion version) =>
        new(version.Number, version.Version, Compile(JsonElement.Parse(version.Document)));
}
