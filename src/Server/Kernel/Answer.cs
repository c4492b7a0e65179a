using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Castellan.Kernel;

/// <summary>What the gate gives back to a surface: a serialized value or a problem.</summary>
internal sealed class Answer
{
    public required int Status { get; init; }

    /// <summary>JSON, or empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public string? ETag { get; init; }

    public Problem? Problem { get; init; }

    /// <summary>True when a stored answer was given again.</summary>
    public bool Replayed { get; init; }

    public static Answer Of(Problem problem) => new() { Status = problem.Type.Status, Problem = problem };

    public static Answer Of<T>(Operation operation, T value, JsonTypeInfo<T> type) => new()
    {
        Status = operation.Status,
        Body = operation.Status == 204 ? default
            : value is IWrittenJson written ? written.Utf8
            : JsonSerializer.SerializeToUtf8Bytes(value, type),
        ETag = value is IVersioned versioned ? Preconditions.ETag(versioned.Version) : null,
    };
}

/// <summary>
/// An output that was written as JSON when it was read, just as its type information would write it: records and pages
/// of them.
/// </summary>
internal interface IWrittenJson
{
    ReadOnlyMemory<byte> Utf8 { get; }
}
